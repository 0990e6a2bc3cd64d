import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExitCode, messageOf, UserError } from '../errors.js';
import type { CommandLog } from '../host/mutable-live-host.js';

/** Of what a program printed: nobody reads more than this in a message. */
const shownBytes = 1024 * 1024;

/**
 * Beside a journal: `commands.jsonl` has a line when a program starts and one when it ended, with its arguments, exit code and
 * time; what it printed lies in a file of its own.
 */
export function commandLog(directory: string, now: () => Date = () => new Date()): CommandLog {
  const write = async (line: object) => {
    const file = await open(join(directory, 'commands.jsonl'), 'a', 0o600);
    try {
      await file.appendFile(`${JSON.stringify({ at: now().toISOString(), ...line })}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  };
  return {
    begin: (command) =>
      explained(directory, async () => {
        const argv = [command.program, ...command.args];
        await mkdir(join(directory, 'output'), { recursive: true, mode: 0o700 });
        const { file, name } = await newFile(join(directory, 'output'), outputName(argv));
        await write({ event: 'began', argv, output: name });
        return {
          output: file.fd,
          async end({ outcome, ...rest }, ms) {
            await file.close();
            const printed = await readFile(join(directory, 'output', name));
            const { code, why } = { code: null, why: null, ...rest };
            await explained(directory, () => write({ event: 'ended', argv, output: name, outcome, code, why, ms }));
            return printed.subarray(-shownBytes).toString('utf8');
          },
        };
      }),
  };
}

/** `apt-get`, and not the `env` before it. */
const outputName = (argv: readonly string[]) =>
  (argv.find((word) => word !== 'env' && !word.includes('=')) ?? 'program')
    .split('/')
    .at(-1)!
    .replace(/[^\w.-]/g, '_')
    .slice(0, 60);

/** The next number that is free: whoever writes here holds the lock. */
async function newFile(directory: string, program: string) {
  const last = Math.max(0, ...(await readdir(directory)).map((name) => Number.parseInt(name, 10) || 0));
  const name = `${String(last + 1).padStart(4, '0')}-${program}`;
  return { file: await open(join(directory, name), 'ax', 0o600), name };
}

async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new UserError(`Cannot write the log of commands in \`${path}\`: ${messageOf(error)}`, {
      exitCode: ExitCode.failed,
      cause: error,
    });
  }
}
