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
export async function errorOf(compute: () => tf.Tensor | tf.Tensor[]): Promise<number> {
  const [ours, theirs] = [await on('torch', compute), await on('cpu', compute)];
  let worst = 0;
  theirs.forEach((expected, index) => {
    const got = ours[index]!;
    if (`${got.dtype} ${got.shape}` !== `${expected.dtype} ${expected.shape}`)
      throw new Error(`result ${index} is ${got.dtype} [${got.shape}], not ${expected.dtype} [${expected.shape}]`);
    const scale = expected.values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
    expected.values.forEach((value, i) => {
      const difference = Math.abs(value - got.values[i]!) / scale;
      worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
    });
  });
  return worst;
}
