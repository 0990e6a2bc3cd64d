import { type FileHandle, mkdir, open, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ExitCode, messageOf, UserError } from '../errors.js';
import { type JournalEvent, type JournalRecord, type StepState, stateOf } from './journal-record.js';
import type { Plan } from './plan.js';

/** What happened to one plan, in the order in which it happened. */
export interface Journal {
  /** `0001`: the name of its folder, in the order of plans, whatever the clock says. */
  readonly id: string;
  readonly directory: string;
  readonly plan: Plan;
  readonly continues: string | null;
  readonly records: readonly JournalRecord[];
  stateOf(step: string): StepState;
}

/** A journal that is written to; who holds the lock has it. */
export interface OpenJournal extends Journal {
  /** On the disk when it answers. */
  append(event: JournalEvent): Promise<void>;
  close(): Promise<void>;
}

export interface JournalClock {
  now(): Date;
  readonly bootId: string | null;
}

const fileName = 'journal.jsonl';
const plansOf = (stateDirectory: string) => join(stateDirectory, 'plans');

/** Begins the journal of `plan`. Files in it may have held secrets, so only their owner can read it. */
export async function beginJournal(
  stateDirectory: string,
  plan: Plan,
  continues: string | null,
  clock: JournalClock,
): Promise<OpenJournal> {
  return explained(stateDirectory, async () => {
    await mkdir(plansOf(stateDirectory), { recursive: true, mode: 0o700 });
    const last = Math.max(0, ...(await idsIn(stateDirectory)).map(Number));
    const directory = join(plansOf(stateDirectory), String(last + 1).padStart(4, '0'));
    await mkdir(directory, { mode: 0o700 });
    const journal = await opened(directory, [], clock);
    await journal.append({ event: 'planned', format: 1, plan, continues });
    await syncDirectory(directory);
    await syncDirectory(dirname(directory));
    return journalOf(directory, journal.records, journal)!;
  });
}

/** Every journal, oldest first; one whose first line was never written is of a plan that never began. */
export async function readJournals(stateDirectory: string): Promise<readonly Journal[]> {
  return explained(stateDirectory, async () => {
    const found: Journal[] = [];
    for (const id of await idsIn(stateDirectory)) {
      const directory = join(plansOf(stateDirectory), id);
      const journal = journalOf(directory, (await readRecords(directory)).records);
      if (journal) found.push(journal);
    }
    return found;
  });
}

/** `journal`, to go on with; what a power cut left of a line that was being written is cut away. */
export async function reopenJournal({ directory }: Journal, clock: JournalClock): Promise<OpenJournal> {
  return explained(directory, async () => {
    const { records, bytes } = await readRecords(directory);
    const file = await opened(directory, records, clock, bytes);
    return journalOf(directory, file.records, file)!;
  });
}

interface Opened {
  readonly records: JournalRecord[];
  append(event: JournalEvent): Promise<void>;
  close(): Promise<void>;
}

async function opened(directory: string, before: readonly JournalRecord[], clock: JournalClock, length = 0): Promise<Opened> {
  const records = [...before];
  const path = join(directory, fileName);
  const file = await open(path, 'a', 0o600);
  await file.truncate(length);
  return {
    records,
    append: (event) =>
      explained(path, async () => {
        const record: JournalRecord = { at: clock.now().toISOString(), bootId: clock.bootId, ...event };
        await writeWhole(file, `${JSON.stringify(record)}\n`);
        records.push(record);
      }),
    close: () => file.close(),
  };
}

/** A line that a full disk cut off would make the next one unreadable: it is taken back. */
async function writeWhole(file: FileHandle, line: string): Promise<void> {
  const { size } = await file.stat();
  try {
    await file.appendFile(line);
    await file.sync();
  } catch (error) {
    await file.truncate(size);
    throw error;
  }
}

function journalOf(directory: string, records: readonly JournalRecord[], file?: Opened): OpenJournal | undefined {
  const [first] = records;
  if (first?.event !== 'planned') return undefined;
  if (first.format !== 1) {
    throw new UserError(`\`${directory}\` was written by a newer gpu-setup`, { exitCode: ExitCode.failed, hint: 'use that one' });
  }
  return {
    id: basename(directory),
    directory,
    plan: first.plan,
    continues: first.continues,
    records,
    stateOf: (step) => stateOf(records, step),
    append: async (event) => {
      if (!file) throw new Error('This journal was opened for reading');
      await file.append(event);
    },
    close: async () => file?.close(),
  };
}

/** Whole lines only: the last one may be torn, and then it never happened. */
async function readRecords(directory: string): Promise<{ records: readonly JournalRecord[]; bytes: number }> {
  const path = join(directory, fileName);
  const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  const bytes = content.lastIndexOf(0x0a) + 1;
  const lines = content.subarray(0, bytes).toString('utf8').split('\n').slice(0, -1);
  const records = lines.map((line, index) => {
    try {
      return JSON.parse(line) as JournalRecord;
    } catch (error) {
      // After a power cut a file system may show zeros where the last write was to come.
      if (index === lines.length - 1) return undefined;
      throw new UserError(`\`${path}\`, line ${index + 1}, is no record: ${messageOf(error)}`, {
        exitCode: ExitCode.failed,
        hint: 'somebody wrote to it; `gpu-setup history` cannot be trusted until the line is mended',
      });
    }
  });
  const torn = records.at(-1) === undefined && lines.length > 0;
  const whole = torn ? bytes - Buffer.byteLength(`${lines.at(-1)}\n`) : bytes;
  return { records: records.filter((record) => record !== undefined), bytes: whole };
}

async function idsIn(stateDirectory: string): Promise<readonly string[]> {
  const names = await readdir(plansOf(stateDirectory)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => /^\d{4,}$/.test(name)).sort((one, other) => Number(one) - Number(other));
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A full disk, or a folder that is not ours, is no bug. */
async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError || (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new UserError(`Cannot keep the journal in \`${path}\`: ${messageOf(error)}`, {
      exitCode: ExitCode.failed,
      hint: 'nothing is changed that is not written down before; make room, then `gpu-setup resume`',
      cause: error,
    });
  }
}
