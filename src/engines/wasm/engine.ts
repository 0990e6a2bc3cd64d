import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../errors.js';
import { ops } from '../../ops/index.js';
import { registerOps } from '../../ops/op.js';
import * as tf from '../../tf.js';
import type { Engine } from '../engine.js';
import type { EngineMode } from '../mode.js';
import { probe } from '../probe.js';
import { wasmKernels } from './kernels/index.js';

/** The bundle's folder, which holds the WebAssembly modules too; from src/ and from dist/ alike through package.json. */
const wasmFolder = () => `${dirname(fileURLToPath(import.meta.resolve('#tfjs')))}/`;

let extended = false;

/** TensorFlow.js' WebAssembly backend, with the kernels that training needs and upstream lacks; always there. */
export const wasmEngine: Engine = {
  name: 'wasm',
  async status() {
    return { name: 'wasm', available: true, detail: 'WebAssembly on one core, ships with gpu-setup' };
  },
  async activate(mode = {}) {
    refuse(mode);
    if (!extended) {
      tf.setWasmPaths(wasmFolder());
      for (const kernel of wasmKernels) extend(kernel);
      extended = true;
    }
    await tf.setBackend('wasm');
    registerOps(ops, 'wasm');
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

function extend({ name, make }: (typeof wasmKernels)[number]): void {
  const upstream = tf.getKernel(name, 'wasm');
  if (upstream) tf.unregisterKernel(name, 'wasm');
  // Upstream's set-up and tear-down stay: they bind the functions that ours may call.
  tf.registerKernel({ ...upstream, kernelName: name, backendName: 'wasm', kernelFunc: make(upstream?.kernelFunc) });
}
