import { ExitCode, UserError } from '../../errors.js';
import type { ToolRan } from './tool.js';

/** What an installation tells while it goes on. */
export interface Report {
  /** A stage begins. */
  begin(stage: string): void;
  /** It ended: done now, or found done before. */
  end(stage: string, how: 'done' | 'found', detail: string): void;
}

/** A stage failed: what was tried, the tool's last words, where everything it said is, and what to do. */
export function stageFailed(what: string, ran: Exclude<ToolRan, { outcome: 'absent' }>, hint: string, logFile: string): UserError {
  const how = ran.outcome === 'timed-out' ? `not done after ${Math.round(ran.afterMs / 60_000)} min` : `exit code ${ran.code}`;
  return new UserError(`${what} failed (${how})${ran.words ? `: ${ran.words}` : ''}`, {
    hint: `${hint}; all that it said is in \`${logFile}\``,
    exitCode: ExitCode.failed,
  });
}
