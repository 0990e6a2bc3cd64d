import { ops } from '../../../src/ops/index.js';
import { registerOps } from '../../../src/ops/op.js';
import * as tf from '../../../src/tf.js';
import { installed } from './installed.js';

/** Registers the backend, in float32 on the processor, and our ops on it and on `cpu`. Answers why tests are skipped where there is none. */
export async function registered(): Promise<string | false> {
  const { addon, skip } = installed();
  if (!addon) return skip;
  const { loadTorch, registerTorch } = await import('../../../src/engines/torch/load.js');
  registerTorch(loadTorch(addon, { device: 'cpu' }));
  // Or the first use of `cpu` advertises another backend.
  tf.env().set('PROD', true);
  registerOps(ops, 'torch');
  registerOps(ops, 'cpu');
  return false;
}
