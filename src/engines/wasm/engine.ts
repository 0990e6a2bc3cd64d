import { UserError } from '../../errors.js';
import type { Engine } from '../engine.js';
import type { EngineMode } from '../mode.js';
import { probe } from '../probe.js';

/** TensorFlow.js' WebAssembly backend, with the kernels that training needs and upstream lacks; always there. */
export const wasmEngine: Engine = {
  name: 'wasm',
  async status() {
    return { name: 'wasm', available: true, detail: 'WebAssembly on one core, ships with gpu-setup' };
  },
  async activate(mode = {}) {
    refuse(mode);
    // TensorFlow.js is loaded where something is computed, not where somebody asks what there is.
    await (await import('./activate.js')).activateWasm();
    return { precision: 'fp32', threads: 1, deterministic: true };
  },
  async memory() {
    const probed = await probe({ engine: 'wasm' }, { env: process.env, signal: new AbortController().signal });
    return probed.works ? probed.memory : undefined;
  },
};

/** It has one way to compute: in float32, on one core, in the same order each time. */
function refuse({ precision = 'fp32', threads = 1 }: EngineMode): void {
  if (precision !== 'fp32') {
    throw new UserError(`The engine \`wasm\` computes in \`fp32\` alone, not in \`${precision}\``, {
      hint: 'leave the precision out, or see `gpu-setup engine list` for another engine',
    });
  }
  if (threads !== 1)
    throw new UserError(`The engine \`wasm\` runs on one core, not on ${threads} threads`, { hint: 'leave `--threads` out' });
}
