import type { Bytes } from './bytes.js';
import { type DtypeName, dtypes, swapLength } from './dtypes.js';
import { countOf } from './stored-tensor.js';

/** Numbers laid out in some order in bytes: element [i, j, …] is number `offset + i * strides[0] + j * strides[1] + …`. */
export interface Strided {
  readonly dtype: DtypeName;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

/** One past the last number that is looked at; 0 where there is none. */
export function endOf({ shape, strides, offset }: Omit<Strided, 'dtype'>): number {
  if (countOf(shape) === 0) return 0;
  return offset + shape.reduce((sum, side, axis) => sum + (side - 1) * strides[axis]!, 0) + 1;
}

/** The strides of row-major order. */
export function rowMajor(shape: readonly number[]): number[] {
  const strides = Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

/** Whether the numbers already stand in row-major order; the stride of an axis of one does not matter. */
const isRowMajor = ({ shape, strides }: Strided) => rowMajor(shape).every((step, axis) => shape[axis]! === 1 || strides[axis] === step);

/** The numbers in row-major order, little endian. The view was held against the length of `bytes` before. */
export function readStrided(bytes: Bytes, strided: Strided, bigEndian: boolean): Uint8Array {
  const { dtype, offset } = strided;
  const { bytes: size } = dtypes[dtype];
  if (countOf(strided.shape) === 0) return new Uint8Array();
  const held = bytes.read(size * offset, size * (endOf(strided) - offset));
  const ordered = isRowMajor(strided) ? held : gathered(held, strided, size);
  return bigEndian ? swapped(ordered, swapLength(dtype)) : ordered;
}

function gathered(held: Uint8Array, { shape, strides }: Strided, size: number): Uint8Array {
  const made = new Uint8Array(countOf(shape) * size);
  const position = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < made.length; to += size) {
    for (let k = 0; k < size; k++) made[to + k] = held[from * size + k]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++position[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      position[axis] = 0;
    }
  }
  return made;
}

function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const made = Buffer.from(bytes);
  if (size === 2) made.swap16();
  else if (size === 4) made.swap32();
  else if (size === 8) made.swap64();
  return made;
}
