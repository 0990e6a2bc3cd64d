import { z } from 'zod';
import { readTable } from './read-table.js';
import { sourced, versionText } from './row-source.js';
import { compareInstallers } from './run-flags.js';

const table = readTable(
  'driver-kernels.yaml',
  z.strictObject({
    tooNew: z.array(z.strictObject({ ...sourced, upTo: versionText, before: versionText })),
    oldest: z.array(z.strictObject({ ...sourced, branch: z.number().int(), kernel: versionText })),
  }),
);
export const { tooNew, oldest } = table;

const branchOf = (version: string) => Number(version.split('.', 1)[0]);
/** `6.8.0` of `6.8.0-45-generic`, `6.19-rc4` as `6.19`. */
const numbers = (release: string): string => release.match(/^\d+(\.\d+)*/)?.[0] ?? '0';

export interface KernelMisfit {
  readonly how: 'too-new' | 'too-old';
  /** The first kernel that is too new, or the first that is not too old. */
  readonly kernel: string;
  readonly source: string;
}

/** Why the module of installer `version` cannot be built for kernel `release`; undefined where nothing says so. */
export function kernelMisfit(version: string, release: string): KernelMisfit | undefined {
  const kernel = numbers(release);
  const row = tooNew.find(({ upTo, before }) => {
    const covered = branchOf(upTo) === branchOf(version) && compareInstallers(version, upTo) <= 0;
    return covered && compareInstallers(kernel, before) >= 0;
  });
  if (row) return { how: 'too-new', kernel: row.before, source: row.source };
  const old = oldest.findLast(({ branch, kernel: first }) => branchOf(version) >= branch && compareInstallers(kernel, first) < 0);
  return old && { how: 'too-old', kernel: old.kernel, source: old.source };
}

/** Whether an installer of a newer branch is known to fail with this kernel: an older branch may have learnt of it since, or not. */
export function isDoubtful(version: string, release: string): boolean {
  const kernel = numbers(release);
  return tooNew.some(({ upTo, before }) => branchOf(upTo) > branchOf(version) && compareInstallers(kernel, before) >= 0);
}
