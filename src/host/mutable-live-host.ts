import { fileChanges } from './file-changes.js';
import type { Command, MutableHost, Ran } from './host.js';
import { liveHost } from './live-host.js';
import { unavailable } from './no-answer.js';
import type { Environment } from './run-bounded.js';
import { runRecorded } from './run-recorded.js';

/** Where a run keeps every program that it starts. */
export interface CommandLog {
  /** Called before a program starts. */
  begin(command: Command): Promise<LoggedCommand>;
}
export interface LoggedCommand {
  /** The file descriptor that both streams of the program go to. */
  readonly output: number;
  /** Called when it has ended; answers what it printed, of much the end. */
  end(ran: Ran, ms: number): Promise<string>;
}

export interface MutableLiveHostOptions {
  readonly environment: Environment;
  readonly log: CommandLog;
  /** A person sits at the terminal of this process. */
  readonly interactive: boolean;
}

/** The machine that this process runs on, to be changed. Whatever the path of the user, only the system's own programs run. */
export function mutableLiveHost({ environment, log, interactive }: MutableLiveHostOptions): MutableHost {
  const system = { ...environment, PATH: undefined };
  return {
    ...liveHost({ environment: system }),
    ...fileChanges('/'),
    async execute(command) {
      if (command.asks && !interactive) return unavailable(`\`${command.program}\` asks at a terminal, and nobody sits at one`);
      const logged = await log.begin(command);
      const started = performance.now();
      const ran = await runRecorded(command, system, logged.output);
      const printed = await logged.end(ran, Math.round(performance.now() - started));
      return ran.outcome === 'exited' ? { ...ran, stdout: printed } : ran;
    },
  };
}
