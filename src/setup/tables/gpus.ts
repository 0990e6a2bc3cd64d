import { quickTable } from './quick-table.js';

/** PCI device ids by architecture. */
export const gpuIds = await quickTable('gpu-ids');

/** What drives each architecture, and when the flavours came and went. */
export const architectures = await quickTable('gpu-architectures');

const turn = (name: 'openFrom' | 'openDefaultFrom' | 'openOnlyFrom') =>
  architectures.flavours.map((row) => row[name]).find((branch) => branch !== undefined)!;
/** Branches: the first with open modules, the first that prefers them, the first without any other. */
export const [openFrom, openDefaultFrom, openOnlyFrom] = [turn('openFrom'), turn('openDefaultFrom'), turn('openOnlyFrom')];

/** What a GPU demands of its driver. */
export interface GpuNeeds {
  readonly architecture: string;
  readonly firstBranch: number;
  /** Null: every branch from the first on. */
  readonly lastBranch: number | null;
  readonly proprietary: boolean;
  readonly open: boolean;
  /** Why this is a guess, where the table does not have the id. */
  readonly assumed: string | undefined;
}

/**
 * What the GPU with PCI device id `device` (four hex digits) demands. An id that no range has counts to the range before it;
 * one beyond the last range is taken for the newest architecture.
 */
export function needsOf(device: string): GpuNeeds {
  const id = device.toLowerCase();
  const { ranges } = gpuIds;
  const inside = ranges.find(({ from, to }) => from <= id && id <= to);
  const before = ranges.findLast(({ from }) => from <= id);
  const newest = architectures.architectures.at(-1)!;
  const row =
    inside ?? (id > ranges.at(-1)!.to ? ranges.find(({ architecture }) => architecture === newest.name)! : (before ?? ranges[0]!));
  const { lastBranch, proprietary, open } = architectures.architectures.find(({ name }) => name === row.architecture)!;
  const openOnly = gpuIds.openOnly.some(({ from, to }) => from <= id && id <= to);
  const assumed = inside
    ? undefined
    : id > ranges.at(-1)!.to
      ? `10de:${id} is newer than every GPU in our table, so we take it for ${row.architecture}`
      : `10de:${id} is not in our table, so we take it for ${row.architecture} like its neighbours`;
  return { architecture: row.architecture, firstBranch: row.firstBranch, lastBranch, proprietary: proprietary && !openOnly, open, assumed };
}
