import * as tf from '../../tf.js';
import { assign, type Parameter, sizeOf } from '../models/parameters.js';

/** Tensors of these parameters' shapes, end to end as one vector [n]: an update of all costs as many ops as an update of one. */
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

/** 1 where the parameter decays, 0 elsewhere, [n]. */
export function decayMask(parameters: readonly Parameter[]): tf.Tensor1D {
  const mask = new Float32Array(parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  let at = 0;
  for (const { shape, decays } of parameters) {
    mask.fill(decays ? 1 : 0, at, at + sizeOf(shape));
    at += sizeOf(shape);
  }
  return tf.tensor1d(mask);
}
