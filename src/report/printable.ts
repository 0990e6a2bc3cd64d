import type { DoctorReport } from './doctor-report.js';

/**
 * Text that came from a machine, so that it can be shown: what a terminal would obey (escape sequences) and what turns the
 * direction of writing stands there as `\x1b`, and does nothing.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (character) =>
    character === '\n' || character === '\t' ? character : escaped(character.codePointAt(0)!),
  );
}

const escaped = (code: number): string =>
  code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;

/** A report of which every text is printable. */
export function printableReport({ firstBroken, ...rest }: DoctorReport): DoctorReport {
  const report = withPrintable(rest);
  return { ...report, firstBroken: report.findings.find(({ id }) => id === firstBroken?.id) };
}

function withPrintable<T>(value: T): T {
  if (typeof value === 'string') return printable(value) as T;
  if (Array.isArray(value)) return value.map(withPrintable) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withPrintable(each)])) as T;
}
