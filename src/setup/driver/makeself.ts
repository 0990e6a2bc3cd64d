/** What the shell script at the beginning of a self-extracting archive says of what follows it. */
export interface MakeselfHeader {
  /** Bytes before what is packed. */
  readonly offset: number;
  /** Bytes of what is packed; undefined where the header does not say. */
  readonly packed: number | undefined;
  /** Checksums of what is packed; undefined where the header has none. */
  readonly md5: string | undefined;
  readonly crc: number | undefined;
  /** The driver's version and architecture by its label or target folder. */
  readonly version: string | undefined;
  readonly architecture: string | undefined;
}

/** More than any header has: NVIDIA's are about 30 KiB. */
export const mostHeader = 512 * 1024;

/** How packed data begins: gzip, bzip2, xz, lzma, zstd, lz4, compress. */
const beginnings: readonly (readonly number[])[] = [
  [0x1f, 0x8b],
  [0x42, 0x5a, 0x68],
  [0xfd, 0x37, 0x7a, 0x58, 0x5a],
  [0x5d, 0x00, 0x00],
  [0x28, 0xb5, 0x2f, 0xfd],
  [0x04, 0x22, 0x4d, 0x18],
  [0x1f, 0x9d],
];

/**
 * The header of a .run file, read and never run: `CRCsum="863380897"`, `MD5="…"`, `filesizes="20267"`, `skip="717"` of makeself, and
 * NVIDIA's own unquoted form of it, whose `skip` counts from the first line after the script. Undefined where `head` is no such script.
 */
export function parseMakeself(head: Buffer): MakeselfHeader | undefined {
  if (head.subarray(0, 2).toString('latin1') !== '#!') return undefined;
  // Only what comes before the packed bytes counts; beyond that anything may look like a setting.
  const text = head.toString('latin1');
  const setting = (name: string) => text.match(new RegExp(`^\\s*${name}=["']?([^"'\\n]*?)["']?\\s*$`, 'm'))?.[1];
  const lines = Number(setting('skip') ?? text.match(/head -n (\d+) /)?.[1]);
  if (!Number.isInteger(lines) || lines < 2) return undefined;
  const candidates = [lines, lines - 1].flatMap((count) => offsetOfLine(head, count) ?? []);
  const offset = candidates.find((at) => isPacked(head, at)) ?? candidates[0];
  if (offset === undefined) return undefined;
  const sizes = setting('filesizes')?.trim().split(/\s+/).map(Number);
  const md5 = setting('MD5')?.split(/\s+/)[0];
  const crc = Number(setting('CRCsum')?.split(/\s+/)[0]);
  const label = [setting('label'), setting('targetdir'), setting('version_string')].join(' ');
  const [, architecture, version] = label.match(/Linux-(x86_64|aarch64)[ -](\d+(?:\.\d+)+)/) ?? [];
  return {
    offset,
    packed: sizes?.length === 1 && Number.isInteger(sizes[0]) ? sizes[0] : undefined,
    md5: md5 && /^[0-9a-f]{32}$/.test(md5) && !/^0+$/.test(md5) ? md5 : undefined,
    crc: Number.isInteger(crc) && crc > 0 ? crc : undefined,
    version,
    architecture,
  };
}

/** The byte after `count` lines. */
function offsetOfLine(bytes: Buffer, count: number): number | undefined {
  let at = 0;
  for (let line = 0; line < count; line++) {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) return undefined;
    at = end + 1;
  }
  return at;
}

const isPacked = (bytes: Buffer, at: number): boolean =>
  beginnings.some((beginning) => beginning.every((byte, index) => bytes[at + index] === byte)) ||
  bytes.subarray(at + 257, at + 262).toString('latin1') === 'ustar';
