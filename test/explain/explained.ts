import { type Explanation, explainLog } from '../../src/doctor/explain/explain-log.js';

/** What `explain` makes of a text, handed over in pieces of `size` bytes. */
export function explained(text: string | Buffer, size = Number.POSITIVE_INFINITY): Promise<Explanation> {
  return explainLog(pieces(Buffer.from(text), size));
}

function* pieces(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, Math.min(at + size, bytes.length));
}

export const idsOf = ({ failures }: Explanation): readonly string[] => failures.map(({ id }) => id);
