import * as tf from '../../tf.js';
import { assign, type Parameter, sizeOf } from '../models/parameters.js';

/** Tensors of these parameters' shapes, end to end as one vector [n]: the form that checkpoints keep them in. */
export function flatten(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  return tf.tidy(() => tf.concat1d(tensors.map((tensor) => tf.reshape(tensor, [tensor.size]) as tf.Tensor1D)));
}

/** The vector's parts back into the parameters' variables. */
export function unflatten(vector: tf.Tensor1D, parameters: readonly Parameter[]): void {
  const sizes = parameters.map(({ shape }) => sizeOf(shape));
  const parts = tf.split(vector, sizes);
  parameters.forEach(({ shape, variable }, index) => {
    assign(variable, tf.reshape(parts[index]!, [...shape]));
    parts[index]!.dispose();
  });
}
