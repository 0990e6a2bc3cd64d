import { z } from 'zod';
import type * as tf from '../../tf.js';
import type { Parameter } from '../models/parameters.js';

/** Updates the trainable parameters of a detector, one by one; its state is tensors of their shapes and a count. */
export interface Optimizer {
  /** One step against `gradients`, one of each parameter's shape, in their order; the caller keeps and disposes them. */
  update(gradients: readonly tf.Tensor[], options: UpdateOptions): void;
  /** What a resumed run needs: for each name the tensors of all parameters end to end, and how many updates were made. */
  state(): { readonly vectors: Readonly<Record<string, tf.Tensor1D>>; readonly updates: number };
  restore(vectors: Readonly<Record<string, Float32Array>>, updates: number): void;
  dispose(): void;
}

export interface UpdateOptions {
  readonly learningRate: number;
  /** What the gradients are multiplied by first. */
  readonly scale: number;
}

/** What an optimizer is built for. */
export interface OptimizerPlace {
  readonly trainable: readonly Parameter[];
}

export const decaysSlot = z
  .enum(['filters', 'all'])
  .default('filters')
  .describe('what weight decay is for: filters and matrices, or biases and norms too, as in torchvision and mmdetection');
