import { ExitCode, UserError } from '../errors.js';
import type { Host, MutableHost } from '../host/host.js';
import { liveHost } from '../host/live-host.js';
import { mutableLiveHost } from '../host/mutable-live-host.js';
import { commandLog } from '../setup/command-log.js';
import type { Journal, JournalClock } from '../setup/journal.js';
import { lock } from '../setup/lock.js';
import { orphansOf, runVariable, waitForOrphans } from '../setup/orphans.js';
import { stateDirectory } from '../setup/state-directory.js';
import { identityOf } from '../setup/this-machine.js';
import type { Terminal } from './terminal.js';

/** This machine, held by one run of ours. */
export interface Workplace {
  readonly stateDirectory: string;
  readonly clock: JournalClock;
  /** For looking. */
  readonly host: Host;
  /** For changing; what it runs is written down beside `journal`. */
  mutable(journal: Journal): MutableHost;
}

/** Where this user's journals are. */
export const stateDirectoryOf = ({ env }: Pick<Terminal, 'env'>): string => stateDirectory(env, process.getuid?.());

/** Gives `work` the machine while nobody else has it: the lock is ours, and what an earlier run started has ended. */
export async function atWork<T>(terminal: Terminal, work: (workplace: Workplace) => Promise<T>): Promise<T> {
  const directory = stateDirectoryOf(terminal);
  const host = liveHost({ environment: { ...terminal.env, PATH: undefined } });
  const { bootId } = await identityOf(host);
  const release = await lock(host, directory, process.pid, bootId);
  try {
    await waitForOrphans(host, directory, terminal.signal, (orphans) => {
      const names = orphans.map(({ name, pid }) => `\`${name}\` (process ${pid})`).join(', ');
      terminal.say(`Waiting for ${names}, which an interrupted run started`);
    });
    if (terminal.signal.aborted && (await orphansOf(host, directory)).length > 0)
      throw new UserError('Interrupted; nothing was done', { exitCode: ExitCode.interrupted });
    return await work({
      stateDirectory: directory,
      clock: { now: () => new Date(), bootId },
      host,
      mutable: (journal) =>
        mutableLiveHost({
          environment: { ...terminal.env, [runVariable]: directory },
          log: commandLog(journal.directory),
          interactive: terminal.interactive,
        }),
    });
  } finally {
    await release();
  }
}
