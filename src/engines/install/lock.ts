import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ExitCode, UserError } from '../../errors.js';

/** Keeps a second installation out of `folder`; answers what lets the next one in. A dead owner's lock is taken over. */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'install.lock');
  for (let attempt = 0; ; attempt++) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST') {
        throw new UserError(`Cannot write in \`${folder}\`: ${message}`, {
          hint: '`GPU_SETUP_DATA_DIR` names another place',
          exitCode: ExitCode.failed,
        });
      }
      const owner = Number(await readFile(path, 'utf8').catch(() => '0'));
      if (attempt > 0 || isRunning(owner)) {
        throw new UserError(`Another installation is at work in \`${folder}\` (process ${owner})`, {
          hint: `wait for it, or remove \`${path}\` when there is none`,
          exitCode: ExitCode.failed,
        });
      }
      await rm(path, { force: true });
    }
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
