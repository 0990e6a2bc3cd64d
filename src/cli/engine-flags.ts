import { type Command, InvalidArgumentError } from 'commander';
import { engineNames } from '../engines/engine.js';
import { type EngineMode, type Precision, parsePrecision, precisions } from '../engines/mode.js';
import { messageOf, UserError } from '../errors.js';
import { positiveInteger } from './numbers.js';

/** What a command that computes takes about the engine. */
export interface EngineFlags extends EngineMode {
  readonly engine?: string;
}

/** Adds `--engine`, `--precision`, `--threads` and `--deterministic`. */
export function withEngineFlags(command: Command): Command {
  return command
    .option('--engine <name>', engineNames.map((name) => `\`${name}\``).join(', '))
    .option('--precision <name>', `of products and convolutions: ${precisions.map((name) => `\`${name}\``).join(', ')}`, precisionFlag)
    .option('--threads <number>', 'how many threads an op may use', positiveInteger)
    .option('--deterministic', 'the same bits each time, where that costs speed too');
}

function precisionFlag(text: string): Precision {
  try {
    return parsePrecision(text, '--precision');
  } catch (error) {
    throw new InvalidArgumentError(error instanceof UserError ? (error.hint ?? error.message) : messageOf(error));
  }
}

/** The mode in the flags, without what was not said. */
export function modeOf({ precision, threads, deterministic }: EngineMode): EngineMode {
  return {
    ...(precision === undefined ? {} : { precision }),
    ...(threads === undefined ? {} : { threads }),
    ...(deterministic === undefined ? {} : { deterministic }),
  };
}
