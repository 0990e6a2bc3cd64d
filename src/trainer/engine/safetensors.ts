import { UserError } from '../../errors.js';

/** Named float32 arrays and a few words about them, as a safetensors file holds them (its README, "Format"). */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Header length (8 bytes, little endian), header (JSON, padded with spaces to 8), data. */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, 8, 8 + headerLength);
  bytes.set(text, 8);
  let at = 8 + headerLength;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** Reads what `encodeSafetensors` or another tool wrote; only float32 is taken. Nothing in the file is ever run. */
export function decodeSafetensors(bytes: Uint8Array, path: string): Safetensors {
  const broken = (why: string) =>
    new UserError(`\`${path}\` is not a whole safetensors file: ${why}`, { hint: 'take an earlier checkpoint' });
  if (bytes.length < 8) throw broken(`${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > bytes.length - 8) throw broken('cut off in its header');
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + headerLength)));
  } catch (cause) {
    throw new UserError(`\`${path}\` is not a safetensors file: its header is not JSON`, { cause });
  }
  const start = 8 + headerLength;
  const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  const { __metadata__: metadata = {}, ...entries } = header;
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape, data_offsets: offsets } = entry as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
    if (dtype !== 'F32') throw broken(`\`${name}\` is ${String(dtype)}, only F32 is read`);
    if (!isNaturals(shape) || !isNaturals(offsets) || offsets.length !== 2) throw broken(`\`${name}\` has no sound shape and offsets`);
    const [from, to] = offsets as [number, number];
    const size = shape.reduce((product, side) => product * side, 1);
    if (to - from !== 4 * size || start + to > bytes.length) throw broken(`\`${name}\` is cut off`);
    tensors.set(name, { shape, data: new Float32Array(Uint8Array.from(bytes.subarray(start + from, start + to)).buffer) });
  }
  return { tensors, metadata: metadata as Record<string, string> };
}

const isNaturals = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
