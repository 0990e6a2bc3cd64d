import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ops } from '../../ops/index.js';
import { registerOps } from '../../ops/op.js';
import * as tf from '../../tf.js';
import type { Engine } from '../engine.js';
import { wasmKernels } from './kernels/index.js';

/** The bundle's folder, which holds the WebAssembly modules too; from src/ and from dist/ alike through package.json. */
const wasmFolder = () => `${dirname(fileURLToPath(import.meta.resolve('#tfjs')))}/`;

/** TensorFlow.js' WebAssembly backend, with the kernels that training needs and upstream lacks; always there. */
export const wasmEngine: Engine = {
  name: 'wasm',
  async status() {
    return { name: 'wasm', available: true, detail: 'WebAssembly, ships with gpu-setup' };
  },
  async activate() {
    tf.setWasmPaths(wasmFolder());
    await tf.setBackend('wasm');
    for (const kernel of wasmKernels) {
      if (!tf.getKernel(kernel.kernelName, 'wasm')) tf.registerKernel({ ...kernel, backendName: 'wasm' });
    }
    registerOps(ops, 'wasm');
  },
};
