import { type Signature, signatures } from '../../setup/tables/signatures.js';
import { compileSignatures } from './compile-signatures.js';
import { type LogLine, LogScanner } from './log-scanner.js';

/** A known failure in a log: what happened, why, and what mends it. Plain JSON. */
export interface Failure {
  readonly id: string;
  readonly title: string;
  readonly severity: Signature['severity'];
  /** The first line that shows it, counted from 1. */
  readonly line: number;
  readonly text: string;
  /** The first ten lines that show it. */
  readonly lines: readonly number[];
  /** How often it is there; 1000 stands for that or more. */
  readonly count: number;
  readonly cause: string;
  readonly remedy: string;
  readonly commands: readonly string[];
  /** The failure in the same log that this one is only a symptom of. */
  readonly symptomOf: string | null;
  /** Checks of the doctor that look for the same on a machine. */
  readonly checks: readonly string[];
}

export interface Explanation {
  /** The first cause comes first: symptoms follow what they come from, and else the order is the log's. */
  readonly failures: readonly Failure[];
  /** Lines that look like errors and that nothing explains: the first few, no text twice. */
  readonly unknown: readonly LogLine[];
  readonly unknownCount: number;
  readonly lines: number;
  readonly bytes: number;
}

const compiled = compileSignatures(signatures);

/** Finds the known failures in a log, which may be of any size. */
export async function explainLog(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<Explanation> {
  const scanner = new LogScanner(compiled);
  for await (const chunk of chunks) scanner.push(chunk);
  scanner.end();
  const found = signatures.flatMap((signature) => {
    const sighting = scanner.sightings.get(signature.id);
    return sighting ? [{ signature, sighting }] : [];
  });
  const failures = causesFirst(
    found.map(({ signature, sighting: { captured, ...place } }) => ({
      id: signature.id,
      title: signature.title,
      severity: signature.severity,
      ...place,
      cause: filled(signature.cause, captured),
      remedy: filled(signature.remedy, captured),
      commands: signature.commands.map((command) => filled(command, captured)),
      symptomOf: null,
      checks: signature.checks,
    })),
  );
  return { failures, unknown: scanner.unknown, unknownCount: scanner.unknownCount, lines: scanner.lineCount, bytes: scanner.size };
}

/** Orders failures by line, but each behind those that it is a symptom of, and says of which. */
function causesFirst(failures: readonly Failure[]): readonly Failure[] {
  const causesOf = (id: string) => new Set(signatures.filter(({ causes }) => causes.includes(id)).map((signature) => signature.id));
  const left = [...failures].sort((one, other) => one.line - other.line);
  const ordered: Failure[] = [];
  while (left.length > 0) {
    // Two that name each other as cause are taken as the log has them.
    const free = left.findIndex(({ id }) => !left.some((other) => other.id !== id && causesOf(id).has(other.id)));
    const [failure] = left.splice(Math.max(free, 0), 1);
    const causes = causesOf(failure!.id);
    ordered.push({ ...failure!, symptomOf: ordered.find(({ id }) => causes.has(id))?.id ?? null });
  }
  return ordered;
}

/** `{name|other words}` becomes what was captured by that name, or the other words. */
function filled(text: string, captured: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\|([^}]*)\}/g, (_, name: string, other: string) => captured[name] ?? other);
}
