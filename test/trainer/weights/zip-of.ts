import { crc32, deflateRawSync } from 'node:zlib';

/** An entry as it shall be written; what is given beside its name and content is a lie about it. */
export interface Given {
  readonly name: string;
  readonly content: Uint8Array | string;
  readonly deflated?: boolean;
  readonly size?: number;
  readonly packed?: number;
  readonly crc?: number;
  readonly flags?: number;
  readonly method?: number;
  /** Where the list says that it is. */
  readonly at?: number;
  /** In the local header alone. */
  readonly localName?: string;
  /** Whether its sizes and place stand in the zip64 field. */
  readonly wide?: boolean;
}

/** A zip of these entries, by hand, so that anything in it can be wrong; `wide` gives it a zip64 end. */
export function zipOf(entries: readonly Given[], { wide = false, comment = '' } = {}): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  const add = (part: Buffer) => {
    parts.push(part);
    at += part.length;
  };
  for (const given of entries) {
    const raw = Buffer.from(given.content as Uint8Array);
    const data = given.deflated ? deflateRawSync(raw) : raw;
    const start = given.at ?? at;
    const method = given.method ?? (given.deflated ? 8 : 0);
    const [size, packed, crc] = [given.size ?? raw.length, given.packed ?? data.length, given.crc ?? crc32(raw)];
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(method, 8);
    local.writeUInt32LE(crc, 14);
    const localName = Buffer.from(given.localName ?? given.name);
    local.writeUInt16LE(localName.length, 26);
    add(Buffer.concat([local, localName, data]));
    const head = Buffer.alloc(46);
    head.writeUInt32LE(0x02014b50, 0);
    head.writeUInt16LE(given.flags ?? 0, 8);
    head.writeUInt16LE(method, 10);
    head.writeUInt32LE(crc, 16);
    const name = Buffer.from(given.name);
    head.writeUInt16LE(name.length, 28);
    const extra = Buffer.alloc(given.wide ? 28 : 0);
    if (given.wide) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      for (const [index, value] of [size, packed, start].entries()) extra.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
    }
    for (const [index, value] of [packed, size].entries()) head.writeUInt32LE(given.wide ? 0xffffffff : value, 20 + 4 * index);
    head.writeUInt32LE(given.wide ? 0xffffffff : start, 42);
    head.writeUInt16LE(extra.length, 30);
    central.push(Buffer.concat([head, name, extra]));
  }
  const start = at;
  const list = Buffer.concat(central);
  add(list);
  if (wide) {
    const end = Buffer.alloc(56);
    end.writeUInt32LE(0x06064b50, 0);
    end.writeBigUInt64LE(44n, 4);
    for (const [index, value] of [entries.length, entries.length, list.length, start].entries())
      end.writeBigUInt64LE(BigInt(value), 24 + 8 * index);
    const locator = Buffer.alloc(20);
    locator.writeUInt32LE(0x07064b50, 0);
    locator.writeBigUInt64LE(BigInt(at), 8);
    locator.writeUInt32LE(1, 16);
    add(Buffer.concat([end, locator]));
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  for (const field of [8, 10]) end.writeUInt16LE(wide ? 0xffff : entries.length, field);
  end.writeUInt32LE(wide ? 0xffffffff : list.length, 12);
  end.writeUInt32LE(wide ? 0xffffffff : start, 16);
  end.writeUInt16LE(comment.length, 20);
  add(Buffer.concat([end, Buffer.from(comment)]));
  return Buffer.concat(parts);
}
