import * as tf from '../tf.js';
import type { Engine } from './engine.js';

export interface Verification {
  /** The largest difference to the `cpu` backend in all results, as a part of each result's largest value. */
  readonly maxError: number;
  readonly tolerance: number;
  readonly ok: boolean;
  readonly parts: readonly { readonly name: string; readonly error: number }[];
}

/** float32 sums in another order: some hundred products each. */
const tolerance = 1e-4;

/** Runs a small network forward and backward on the engine, which becomes the active one, and on the plain `cpu` backend. */
export async function verifyEngine(engine: Engine): Promise<Verification> {
  await engine.activate();
  const ours = await forwardAndBackward();
  // Or the first use of the cpu backend advertises another one.
  tf.env().set('PROD', true);
  await tf.setBackend('cpu');
  const theirs = await forwardAndBackward();
  await engine.activate();
  const parts = Object.entries(theirs).map(([name, values]) => ({ name, error: largestError(ours[name]!, values) }));
  const maxError = parts.reduce((most, { error }) => Math.max(most, error), 0);
  return { maxError, tolerance, ok: maxError <= tolerance, parts };
}

/** Two convolutions, pooling, a dense layer, gathered rows and a loss; everything a detector's training step leans on. */
async function forwardAndBackward(): Promise<Record<string, Float32Array>> {
  const made = {
    picture: wave([2, 12, 10, 3], 1),
    stem: wave([3, 3, 3, 8], 2),
    deeper: wave([3, 3, 8, 16], 3),
    dense: wave([16, 5], 4),
  };
  const rows = tf.tensor1d([3, 0, 3, 7], 'int32');
  const loss = (picture: tf.Tensor, stem: tf.Tensor, deeper: tf.Tensor, dense: tf.Tensor) => {
    const first = tf.relu(tf.conv2d(picture as tf.Tensor4D, stem as tf.Tensor4D, 1, 'same'));
    const second = tf.relu(tf.conv2d(first as tf.Tensor4D, deeper as tf.Tensor4D, 2, 'same'));
    const cells = tf.reshape(tf.maxPool(second as tf.Tensor4D, 2, 2, 'same'), [-1, 16]);
    const scores = tf.matMul(tf.gather(cells, rows), dense as tf.Tensor2D);
    return tf.mean(tf.sub(tf.logSumExp(scores, 1), tf.mean(scores, 1))) as tf.Scalar;
  };
  const { value, grads } = tf.valueAndGrads(loss)(Object.values(made));
  const named = Object.fromEntries(Object.keys(made).map((name, i) => [`gradient of ${name}`, grads[i]!]));
  const results: Record<string, Float32Array> = {};
  for (const [name, tensor] of Object.entries({ loss: value, ...named })) results[name] = Float32Array.from(await tensor.data());
  tf.dispose([value, ...grads, ...Object.values(made), rows]);
  return results;
}

const wave = (shape: number[], seed: number) =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(i * 12.9898 + seed) * 0.5),
    shape,
  );

function largestError(ours: Float32Array, theirs: Float32Array): number {
  const scale = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  return (
    ours.reduce((most, value, i) => {
      const off = Math.abs(value - theirs[i]!);
      return Math.max(most, Number.isNaN(off) ? Number.POSITIVE_INFINITY : off);
    }, 0) / scale
  );
}
