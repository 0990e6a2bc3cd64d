import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ExitCode, UserError } from '../../errors.js';
import type { EngineSettings } from '../settings.js';
import { lockFolder } from './lock.js';
import type { Workshop } from './tool.js';

/** What an installation works with: the tools' workshop, and the log that a failure points to. */
export interface Shop extends Workshop {
  readonly logFile: string;
}

/**
 * Does `work` in an engine's folder: made where it is missing, locked against a second installation, everything written to
 * `install.log`. Throws `UserError` (exit code 3) where the folder cannot be made or is locked, and whatever `work` throws.
 */
export async function inWorkshop<Result>(
  { folder, title, settings, signal }: { folder: string; title: string; settings: EngineSettings; signal: AbortSignal },
  work: (shop: Shop) => Promise<Result>,
): Promise<Result> {
  const logFile = join(folder, 'install.log');
  await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`Cannot make \`${folder}\`: ${error.message}`, {
      hint: '`GPU_SETUP_DATA_DIR` names another place',
      exitCode: ExitCode.failed,
    });
  });
  const unlock = await lockFolder(folder);
  const log = createWriteStream(logFile, { flags: 'a' });
  log.write(`\n==== ${new Date().toISOString()} ${title}\n`);
  try {
    return await work({ env: settings.env, signal, log, logFile });
  } catch (error) {
    log.write(`# ${error instanceof Error ? error.message : String(error)}\n`);
    throw error;
  } finally {
    await new Promise((resolve) => log.end(resolve));
    await unlock();
  }
}
