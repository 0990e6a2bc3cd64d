import type { Stats } from 'node:fs';
import type { FileStatus } from './host.js';

/** Node's `stat` in the words of a host. */
export function fileStatusOf(stats: Stats): FileStatus {
  const kind = stats.isFile()
    ? 'file'
    : stats.isDirectory()
      ? 'directory'
      : stats.isCharacterDevice()
        ? 'character-device'
        : stats.isBlockDevice()
          ? 'block-device'
          : 'other';
  const status = { kind, mode: stats.mode & 0o7777, uid: stats.uid, gid: stats.gid } as const;
  return kind === 'character-device' || kind === 'block-device' ? { ...status, ...deviceNumberOf(stats.rdev) } : status;
}

/** Linux packs a device number as minor[31:20] major[19:8] minor[7:0], with 32 more bits above that no driver here uses. */
function deviceNumberOf(rdev: number): { major: number; minor: number } {
  return { major: (rdev >>> 8) & 0xfff, minor: (rdev & 0xff) | ((rdev >>> 12) & 0xfff00) };
}
