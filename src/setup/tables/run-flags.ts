import { z } from 'zod';
import { readTable } from './read-table.js';
import { sourced } from './row-source.js';

const installerVersion = z.string().regex(/^(1\.0-\d+|\d+(\.\d+)+)$/);

/** The options of the .run installer, with the versions that have them. */
export const runFlags = readTable(
  'run-flags.yaml',
  z.strictObject({
    ...sourced,
    flags: z.array(z.strictObject({ flag: z.string().startsWith('--'), since: installerVersion, last: installerVersion.optional() })),
  }),
).flags;

/** Orders `1.0-9626` before `180.25` before `304.22` before `470.42.01`: numbers, part by part; the old scheme's major is 1. */
export function compareInstallers(one: string, other: string): number {
  const [left, right] = [one, other].map((version) => version.split(/[.-]/).map(Number)) as [number[], number[]];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

/** Whether the installer of driver `version` knows `flag`; a value after `=` does not count. */
export function knowsFlag(version: string, flag: string): boolean {
  const row = runFlags.find((each) => each.flag === flag.split('=', 1)[0]);
  if (!row || compareInstallers(version, row.since) < 0) return false;
  return row.last === undefined || compareInstallers(version, row.last) <= 0;
}
