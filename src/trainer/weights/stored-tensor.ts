import { type DtypeName, dtypes } from './dtypes.js';

/** A tensor that lies in a file and is read when somebody wants it. */
export interface StoredTensor {
  readonly name: string;
  readonly dtype: DtypeName;
  readonly shape: readonly number[];
  /** The numbers in row-major order, little endian; not to be written to. */
  bytes(): Uint8Array;
}

export const countOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

export const bytesOf = ({ shape, dtype }: Pick<StoredTensor, 'shape' | 'dtype'>): number => countOf(shape) * dtypes[dtype].bytes;

/** Whole numbers from 0 on whose product can be told exactly. */
export function isShape(value: readonly unknown[]): value is readonly number[] {
  return (
    value.every((side) => Number.isSafeInteger(side) && (side as number) >= 0) && Number.isSafeInteger(countOf(value as readonly number[]))
  );
}

/** `[64, 3, 7, 7]` */
export const shapeWords = (shape: readonly number[]): string => `[${shape.join(', ')}]`;
