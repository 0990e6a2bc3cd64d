/** What the process ends with; scripts rely on these numbers (docs/exit-codes.md). */
export const ExitCode = {
  ok: 0,
  /** The doctor found a blocker, `explain` a failure, or an evaluation fell below what was asked. */
  blocked: 1,
  /** Wrong usage or bad input: the user can mend it. */
  usage: 2,
  /** A step failed; nothing is lost, `resume` or `undo`. */
  failed: 3,
  rebootNeeded: 4,
  rootNeeded: 5,
  /** An answer is needed and nobody can be asked. */
  answerNeeded: 6,
  bug: 70,
  interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/**
 * Something the user can mend: printed as one line and its `hint:`, without a stack.
 * Every other error is a bug of ours, printed with its stack and exit code 70.
 */
export class UserError extends Error {
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(message: string, options: { hint?: string; exitCode?: ExitCode; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'UserError';
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? ExitCode.usage;
  }
}

/** The message of whatever was thrown, for a sentence that explains a failure. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
