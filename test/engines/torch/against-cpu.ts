import * as tf from '../../../src/tf.js';

/** The same numbers for the same count and seed, between -2 and 2. */
export const values = (count: number, seed = 1) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898 + seed * 78.233) * 2);

export interface Made {
  readonly shape: number[];
  readonly dtype: string;
  readonly values: Float32Array;
}

/** What `compute` makes on a backend; fails when it leaves a tensor or a data id behind. */
export async function on(backend: string, compute: () => tf.Tensor | tf.Tensor[]): Promise<Made[]> {
  await tf.setBackend(backend);
  const before = [tf.memory().numTensors, tf.memory().numBytes, tf.backend().numDataIds()];
  const made = tf.tidy(compute);
  const tensors = Array.isArray(made) ? made : [made];
  const read = tensors.map((tensor) => ({ shape: tensor.shape, dtype: tensor.dtype, values: Float32Array.from(tensor.dataSync()) }));
  tf.dispose(made);
  const after = [tf.memory().numTensors, tf.memory().numBytes, tf.backend().numDataIds()];
  if (before.join() !== after.join()) throw new Error(`tensors, bytes and data ids were ${before} on ${backend} and are ${after}`);
  return read;
}

/** The largest difference between `torch` and `cpu`, as a part of the largest value; shapes and types must be the same. */
export const errorOf = (compute: () => tf.Tensor | tf.Tensor[]) =>
  largestOf(compute, (got, expected) => {
    const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
    return expected.reduce((worst, value, i) => Math.max(worst, Math.abs(value - got[i]!) / scale), 0);
  });

/** The length of the difference as a part of the length of what is right: where single values may jump, as behind a ReLU near zero. */
export const distanceOf = (compute: () => tf.Tensor | tf.Tensor[]) =>
  largestOf(compute, (got, expected) => {
    const length = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    return length(expected.map((value, i) => value - got[i]!)) / Math.max(length(expected), 1e-6);
  });

async function largestOf(
  compute: () => tf.Tensor | tf.Tensor[],
  error: (got: Float32Array, expected: Float32Array) => number,
): Promise<number> {
  const [ours, theirs] = [await on('torch', compute), await on('cpu', compute)];
  let worst = 0;
  theirs.forEach((expected, index) => {
    const got = ours[index]!;
    if (`${got.dtype} ${got.shape}` !== `${expected.dtype} ${expected.shape}`)
      throw new Error(`result ${index} is ${got.dtype} [${got.shape}], not ${expected.dtype} [${expected.shape}]`);
    const off = error(got.values, expected.values);
    worst =
      Number.isNaN(off) || got.values.some(Number.isNaN) !== expected.values.some(Number.isNaN)
        ? Number.POSITIVE_INFINITY
        : Math.max(worst, off);
  });
  return worst;
}
