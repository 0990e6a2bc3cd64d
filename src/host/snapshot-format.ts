import { UserError } from '../errors.js';
import type { FileStatus, HostPath } from './host.js';

/**
 * `snapshot.json`. Files lie under `root/` at their own paths; what a folder cannot hold portably stands here.
 * Nobody has looked at what is in none of these, unless it lies under a directory of `complete`.
 */
export interface SnapshotDocument {
  readonly format: 1;
  readonly madeBy: string;
  /** Directories that were taken whole: what is not recorded under them was not there. */
  readonly complete: readonly HostPath[];
  /** Programs are `absent` too where no answer is recorded, if all of the machine's programs were tried. */
  readonly programsComplete: boolean;
  /** Looked for, and not there. */
  readonly absent: readonly HostPath[];
  /** Asked for the target of a link, and no link was there. */
  readonly notLinks: readonly HostPath[];
  /** Looked for, and why there was no answer. */
  readonly unavailable: Readonly<Record<HostPath, string>>;
  readonly directories: Readonly<Record<HostPath, readonly string[]>>;
  readonly links: Readonly<Record<HostPath, string>>;
  readonly status: Readonly<Record<HostPath, FileStatus>>;
}

/** One line of `commands.json`: a program that ended has a `code`; `outcome` says what else happened. */
export interface RecordedCommand {
  readonly argv: readonly [string, ...string[]];
  readonly outcome?: 'exited' | 'absent' | 'unavailable' | 'timed-out';
  readonly code?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly why?: string;
  /** How long it took; of a program that timed out, how long it was given. */
  readonly ms: number;
}

export const emptySnapshot: SnapshotDocument = {
  format: 1,
  madeBy: 'gpu-setup',
  complete: [],
  programsComplete: false,
  absent: [],
  notLinks: [],
  unavailable: {},
  directories: {},
  links: {},
  status: {},
};

/** Reads `snapshot.json`; throws a `UserError` naming `file` where it is none of ours. */
export function parseSnapshot(text: string, file: string): SnapshotDocument {
  const document = parseJson(text, file);
  if (!isObject(document)) throw new UserError(`\`${file}\` is not a snapshot: it holds no object`);
  if (document.format !== 1) {
    throw new UserError(`\`${file}\` has the format ${JSON.stringify(document.format)}, and this program reads format 1`);
  }
  const wrong = Object.entries(shapes).find(([key, fits]) => document[key] !== undefined && !fits(document[key]));
  if (wrong) throw new UserError(`\`${wrong[0]}\` in \`${file}\` is not what a snapshot has there`);
  return { ...emptySnapshot, ...(document as Partial<SnapshotDocument>) };
}

/** Reads `commands.json`; throws a `UserError` naming `file` and the entry that is wrong. */
export function parseCommands(text: string, file: string): readonly RecordedCommand[] {
  const entries = parseJson(text, file);
  if (!Array.isArray(entries)) throw new UserError(`\`${file}\` is not a list of commands`);
  const wrong = entries.findIndex((entry) => !isRecordedCommand(entry));
  if (wrong >= 0) throw new UserError(`Entry ${wrong} of \`${file}\` is not a recorded command`);
  return entries;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isString = (value: unknown) => typeof value === 'string';
const isStrings = (value: unknown) => Array.isArray(value) && value.every(isString);
const isPaths = (value: unknown) => Array.isArray(value) && value.every(isPath);
const isPath = (value: unknown) => typeof value === 'string' && value.startsWith('/');
const isMapOf = (fits: (value: unknown) => boolean) => (value: unknown) =>
  isObject(value) && Object.entries(value).every(([path, entry]) => isPath(path) && fits(entry));
const isStatus = (value: unknown) =>
  isObject(value) && isString(value.kind) && [value.mode, value.uid, value.gid].every((each) => typeof each === 'number');

const shapes: Readonly<Record<string, (value: unknown) => boolean>> = {
  madeBy: isString,
  complete: isPaths,
  programsComplete: (value) => typeof value === 'boolean',
  absent: isPaths,
  notLinks: isPaths,
  unavailable: isMapOf(isString),
  directories: isMapOf(isStrings),
  links: isMapOf(isString),
  status: isMapOf(isStatus),
};

function isRecordedCommand(entry: unknown): boolean {
  if (!isObject(entry) || !isStrings(entry.argv) || (entry.argv as string[]).length === 0 || typeof entry.ms !== 'number') return false;
  switch (entry.outcome ?? 'exited') {
    case 'exited':
      return typeof entry.code === 'number' && isString(entry.stdout) && isString(entry.stderr);
    case 'unavailable':
      return isString(entry.why);
    case 'absent':
    case 'timed-out':
      return true;
    default:
      return false;
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`\`${file}\` is not JSON`, { cause: error });
  }
}
