/** A kind of number as safetensors calls it; `bytes` of each, and PyTorch's name of it and of its storage. */
export const dtypes = {
  F64: { bytes: 8, torch: 'float64', storage: 'DoubleStorage' },
  F32: { bytes: 4, torch: 'float32', storage: 'FloatStorage' },
  F16: { bytes: 2, torch: 'float16', storage: 'HalfStorage' },
  BF16: { bytes: 2, torch: 'bfloat16', storage: 'BFloat16Storage' },
  F8_E4M3: { bytes: 1, torch: 'float8_e4m3fn', storage: undefined },
  F8_E5M2: { bytes: 1, torch: 'float8_e5m2', storage: undefined },
  I64: { bytes: 8, torch: 'int64', storage: 'LongStorage' },
  I32: { bytes: 4, torch: 'int32', storage: 'IntStorage' },
  I16: { bytes: 2, torch: 'int16', storage: 'ShortStorage' },
  I8: { bytes: 1, torch: 'int8', storage: 'CharStorage' },
  U64: { bytes: 8, torch: 'uint64', storage: undefined },
  U32: { bytes: 4, torch: 'uint32', storage: undefined },
  U16: { bytes: 2, torch: 'uint16', storage: undefined },
  U8: { bytes: 1, torch: 'uint8', storage: 'ByteStorage' },
  BOOL: { bytes: 1, torch: 'bool', storage: 'BoolStorage' },
  C64: { bytes: 8, torch: 'complex64', storage: 'ComplexFloatStorage' },
} as const;

export type DtypeName = keyof typeof dtypes;

export const isDtype = (name: unknown): name is DtypeName => typeof name === 'string' && Object.hasOwn(dtypes, name);

const named = (field: 'torch' | 'storage') =>
  new Map(
    (Object.keys(dtypes) as DtypeName[]).flatMap((name) =>
      dtypes[name][field] === undefined ? [] : [[dtypes[name][field] as string, name] as const],
    ),
  );

const byTorchName = named('torch');
const byStorage = named('storage');

export const dtypeOfTorch = (name: string): DtypeName | undefined => byTorchName.get(name);
export const dtypeOfStorage = (name: string): DtypeName | undefined => byStorage.get(name);

/** Bytes that are swapped to go from one byte order to the other: a complex number is two. */
export const swapLength = (dtype: DtypeName): number => (dtype === 'C64' ? 4 : dtypes[dtype].bytes);

/** Dtypes of which a float32 can be made. */
export const isReal = (dtype: DtypeName): boolean => dtype !== 'C64';

/** Numbers of any real kind, little endian, as float32; a view of the very bytes where they are that already and lie so that they can be. */
export function toFloat32(bytes: Uint8Array, dtype: DtypeName): Float32Array {
  const count = bytes.length / dtypes[dtype].bytes;
  if (dtype === 'F32')
    return bytes.byteOffset % 4 === 0 ? new Float32Array(bytes.buffer, bytes.byteOffset, count) : new Float32Array(bytes.slice().buffer);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const made = new Float32Array(count);
  const read = readers(view, bytes)[dtype];
  if (!read) throw new RangeError(`${dtype} is no real number`);
  for (let i = 0; i < count; i++) made[i] = read(i);
  return made;
}

function readers(view: DataView, bytes: Uint8Array): Readonly<Partial<Record<DtypeName, (index: number) => number>>> {
  return {
    F64: (i) => view.getFloat64(8 * i, true),
    F16: (i) => fromHalf[view.getUint16(2 * i, true)]!,
    BF16: (i) => fromBits(view.getUint16(2 * i, true) << 16),
    F8_E4M3: (i) => fromE4m3(bytes[i]!),
    F8_E5M2: (i) => fromHalf[bytes[i]! << 8]!,
    I64: (i) => Number(view.getBigInt64(8 * i, true)),
    I32: (i) => view.getInt32(4 * i, true),
    I16: (i) => view.getInt16(2 * i, true),
    I8: (i) => view.getInt8(i),
    U64: (i) => Number(view.getBigUint64(8 * i, true)),
    U32: (i) => view.getUint32(4 * i, true),
    U16: (i) => view.getUint16(2 * i, true),
    U8: (i) => bytes[i]!,
    BOOL: (i) => (bytes[i]! === 0 ? 0 : 1),
  };
}

const word = new Uint32Array(1);
const asFloat = new Float32Array(word.buffer);

function fromBits(bits: number): number {
  word[0] = bits;
  return asFloat[0]!;
}

/** Of every half-precision number (IEEE 754 binary16) the value. */
const fromHalf = Float32Array.from({ length: 65536 }, (_, bits) => {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
});

/** Without infinities; all ones are no number (Micikevicius et al., 2022, table 1). */
function fromE4m3(bits: number): number {
  const sign = bits & 0x80 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 3) & 0xf, bits & 7];
  if ((bits & 0x7f) === 0x7f) return Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -9 : sign * (1 + fraction / 8) * 2 ** (exponent - 7);
}
