import { createHash } from 'node:crypto';
import type { Host, HostPath } from '../../host/host.js';
import { Cksum } from './cksum.js';
import { type MakeselfHeader, mostHeader, parseMakeself } from './makeself.js';

/** A .run file as it lies there. */
export type RunFileLook =
  | { readonly outcome: 'absent' }
  | { readonly outcome: 'unavailable'; readonly why: string }
  | {
      readonly outcome: 'seen';
      readonly sha256: string;
      readonly header: MakeselfHeader | undefined;
      /** What it is where it is no self-extracting archive. */
      readonly instead: 'empty' | 'a web page' | 'a program' | 'something else' | undefined;
      /** Why it is not whole. */
      readonly damage: string | undefined;
    };

/** Reads a .run file once, from its beginning to its end, and runs nothing of it. */
export async function lookAtRunFile(host: Host, path: HostPath): Promise<RunFileLook> {
  const streamed = await host.stream(path);
  if (streamed.outcome !== 'bytes') return streamed;
  const whole = createHash('sha256');
  let head = Buffer.alloc(0);
  let packed: Packed | undefined;
  let seen = 0;
  try {
    for await (const chunk of streamed.chunks) {
      whole.update(chunk);
      seen += chunk.length;
      if (packed) packed.update(chunk);
      else {
        head = Buffer.concat([head, chunk]);
        if (head.length >= mostHeader) packed = packedOf(head);
      }
    }
  } catch (error) {
    return { outcome: 'unavailable', why: error instanceof Error ? error.message : String(error) };
  }
  packed ??= packedOf(head);
  const { header } = packed;
  return {
    outcome: 'seen',
    sha256: whole.digest('hex'),
    header,
    instead: header ? undefined : kindOf(head),
    damage: header && damageOf(header, seen, packed),
  };
}

/** The checksum of what is packed, in the form that the header has. */
class Packed {
  readonly #md5 = createHash('md5');
  readonly #cksum = new Cksum();

  constructor(readonly header: MakeselfHeader | undefined) {}

  update(bytes: Uint8Array): void {
    if (this.header?.md5) this.#md5.update(bytes);
    else if (this.header?.crc) this.#cksum.update(bytes);
  }

  isRight(): boolean {
    if (this.header?.md5) return this.#md5.digest('hex') === this.header.md5;
    return this.header?.crc === undefined || this.#cksum.digest() === this.header.crc;
  }
}

function packedOf(head: Buffer): Packed {
  const packed = new Packed(parseMakeself(head));
  if (packed.header) packed.update(head.subarray(packed.header.offset));
  return packed;
}

function damageOf(header: MakeselfHeader, size: number, packed: Packed): string | undefined {
  const there = size - header.offset;
  if (header.packed !== undefined && there < header.packed)
    return `it is cut off: ${there} of the ${header.packed} bytes that are packed in it are there`;
  if (header.packed !== undefined && there > header.packed)
    return `${there - header.packed} bytes follow what is packed in it, which do not belong to it`;
  return packed.isRight()
    ? undefined
    : `it is cut off or damaged: what is packed in it has another ${header.md5 ? 'MD5' : 'checksum'} than its beginning says`;
}

function kindOf(head: Buffer) {
  if (head.length === 0) return 'empty';
  if (/^\s*<(!doctype|html|\?xml)/i.test(head.subarray(0, 200).toString('latin1'))) return 'a web page';
  return head.subarray(0, 4).toString('latin1') === '\x7fELF' ? 'a program' : 'something else';
}
