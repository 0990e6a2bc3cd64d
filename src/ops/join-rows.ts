import * as tf from '../tf.js';
import type { Op } from './op.js';

const kernelName = 'JoinRows';

/**
 * Tensors [N, ...] of any N, one after the other along the first dimension. TensorFlow.js' own `Concat` keeps its inputs until the backward pass
 * for their shapes; here the shapes are attributes, and nothing is kept.
 */
export function joinRows<T extends tf.Tensor>(parts: readonly T[]): T {
  const rows = parts.map(({ shape }) => shape[0]!);
  const inputs = Object.fromEntries(parts.map((part, index) => [`part${index}`, part]));
  return tf.engine().runKernel(kernelName, inputs, { rows }) as unknown as T;
}

export const joinRowsOp: Op = {
  kernelName,
  reference: (inputs, attributes) => [
    tf.concat(
      (attributes as { rows: number[] }).rows.map((_, index) => inputs[`part${index}`]!),
      0,
    ),
  ],
  gradient: {
    kernelName,
    gradFunc(dy, _, attributes) {
      const { rows } = attributes as unknown as { rows: number[] };
      const flowing = dy as tf.Tensor;
      const rest = flowing.shape.slice(1);
      let from = 0;
      const gradients: Record<string, () => tf.Tensor> = {};
      for (const [index, count] of rows.entries()) {
        const at = from;
        gradients[`part${index}`] = () => tf.slice(flowing, [at, ...rest.map(() => 0)], [count, ...rest]);
        from += count;
      }
      return gradients;
    },
  },
};
