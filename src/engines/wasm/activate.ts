import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ops } from '../../ops/index.js';
import { registerOps } from '../../ops/op.js';
import * as tf from '../../tf.js';
import { wasmKernels } from './kernels/index.js';

/** The bundle's folder, which holds the WebAssembly modules too; from src/ and from dist/ alike through package.json. */
const wasmFolder = () => `${dirname(fileURLToPath(import.meta.resolve('#tfjs')))}/`;

let extended = false;

/** Makes TensorFlow.js compute on its WebAssembly backend, extended by our kernels. */
export async function activateWasm(): Promise<void> {
  if (!extended) {
    tf.setWasmPaths(wasmFolder());
    for (const kernel of wasmKernels) extend(kernel);
    extended = true;
  }
  await tf.setBackend('wasm');
  registerOps(ops, 'wasm');
}

function extend({ name, make }: (typeof wasmKernels)[number]): void {
  const upstream = tf.getKernel(name, 'wasm');
  if (upstream) tf.unregisterKernel(name, 'wasm');
  // Upstream's set-up and tear-down stay: they bind the functions that ours may call.
  tf.registerKernel({ ...upstream, kernelName: name, backendName: 'wasm', kernelFunc: make(upstream?.kernelFunc) });
}
