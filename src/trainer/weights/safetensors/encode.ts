import { memoryBytes } from '../bytes.js';
import { dtypes } from '../dtypes.js';
import { Place, quoted } from '../place.js';
import { bytesOf, type StoredTensor } from '../stored-tensor.js';
import { headerLength, readHeader } from './header.js';

/** Named float32 arrays and a few words about them, as a run's checkpoint holds them. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;
  readonly metadata: Readonly<Record<string, string>>;
}

type Described = Pick<StoredTensor, 'name' | 'dtype' | 'shape'>;

/**
 * The first bytes of a safetensors file (its README, "Format"): length, then JSON padded with spaces to 8. Tensors of wide numbers come
 * first, so that each begins where its kind may be read; `order` is that of their bytes.
 */
export function encodeHeader<Tensor extends Described>(
  tensors: Iterable<Tensor>,
  metadata: Readonly<Record<string, string>>,
): { head: Uint8Array; order: readonly Tensor[] } {
  const order = [...tensors].sort((a, b) => dtypes[b.dtype].bytes - dtypes[a.dtype].bytes);
  let offset = 0;
  const entries = order.map((tensor): [string, unknown] => {
    const from = offset;
    offset += bytesOf(tensor);
    return [tensor.name, { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [from, offset] }];
  });
  // Not by assignment, to which `__proto__` is no name.
  const header = Object.fromEntries<unknown>([
    ...(Object.keys(metadata).length > 0 ? [['__metadata__', metadata] as const] : []),
    ...entries,
  ]);
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(text.length / 8) * 8;
  const head = new Uint8Array(8 + length).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(length), true);
  head.set(text, 8);
  return { head, order };
}

/** A whole file in memory. */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const { head, order } = encodeHeader(
    [...tensors].map(([name, { shape, data }]) => ({ name, dtype: 'F32' as const, shape, data })),
    metadata,
  );
  const bytes = new Uint8Array(head.length + order.reduce((sum, { data }) => sum + data.byteLength, 0));
  bytes.set(head);
  let at = head.length;
  for (const { data } of order) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** Reads what `encodeSafetensors` or another tool wrote; only float32 is taken. Nothing in the file is ever run. */
export function decodeSafetensors(bytes: Uint8Array, path: string): Safetensors {
  const place = new Place(path);
  const length = headerLength(bytes.subarray(0, 8), bytes.length, place);
  const start = 8 + length;
  const data = memoryBytes(bytes.subarray(start));
  const { entries, metadata } = readHeader(bytes.subarray(8, start), data.length, place);
  const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const { name, dtype, shape, from, to } of entries) {
    if (dtype !== 'F32') throw place.broken(`${quoted(name)} is ${dtype}, a checkpoint has only F32`);
    tensors.set(name, { shape, data: new Float32Array(Uint8Array.from(data.read(from, to - from)).buffer) });
  }
  return { tensors, metadata };
}
