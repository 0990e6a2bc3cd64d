import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';
import { ops } from '../../ops/index.js';
import { registerOps } from '../../ops/op.js';
import * as tf from '../../tf.js';
import type { ActiveMode, EngineMode } from '../mode.js';
import { choosePrecision, readCpuInfo, refuseTf32WithoutGpu } from '../precision.js';
import type { Binding, NodeBackend } from './binding.js';
import { type Hush, hushFile } from './install/hush.js';
import { packageFolder, sharedTfjs } from './install/shim.js';
import { bfloat16Kernels } from './kernels/bfloat16.js';
import { tensorflowKernels } from './kernels/index.js';
import type { Manifest } from './manifest.js';

/** The name that tfjs-node's kernels are registered under. */
const backendName = 'tensorflow';

export interface LoadOptions {
  /** How much TensorFlow's C++ says, 0 to 3. */
  readonly logLevel: string;
  readonly mode: EngineMode;
}

/** What the backend was loaded with; it cannot be loaded again. */
let active: ActiveMode | undefined;

/**
 * Loads the binding and tfjs-node's kernels into this process and registers the backend and our own kernels; once, then it does nothing. Answers the mode that it
 * runs in; throws `UserError` for one that it cannot.
 */
export function loadTensorflow(folder: string, manifest: Manifest, { logLevel, mode }: LoadOptions): ActiveMode {
  if (active && tf.findBackendFactory(backendName)) return active;
  tellTensorflow(mode);
  // TensorFlow reads it when its library is loaded, from the process and not from us.
  process.env.TF_CPP_MIN_LOG_LEVEL = logLevel;
  // Else it takes all of a GPU's memory, whatever else runs there.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  giveBackRemovedHelpers();
  // The kernels `require('@tensorflow/tfjs')`; their folder answers with what lies here, so there is one copy of core.
  (globalThis as { [sharedTfjs]?: object })[sharedTfjs] = { ...tf, KernelBackend: callable(tf.KernelBackend) };

  const require = createRequire(join(folder, packageFolder, 'index.js'));
  const { hush, speak } = require(join(folder, hushFile)) as Hush;
  if (logLevel !== '0') hush();
  let binding: Binding;
  try {
    binding = require(join(folder, manifest.binding.file)) as Binding;
  } finally {
    speak();
  }
  refuseTf32WithoutGpu(backendName, mode.precision, binding.isUsingGpuDevice());
  const { NodeJSKernelBackend } = require(`${manifest.package.name}/dist/nodejs_kernel_backend.js`) as {
    NodeJSKernelBackend: new (binding: Binding, packageName: string) => NodeBackend;
  };
  const backend = new NodeJSKernelBackend(binding, manifest.package.name);
  tf.registerBackend(backendName, () => backend);
  require(`${manifest.package.name}/dist/register_all_kernels.js`);
  const precision = choosePrecision(mode.precision, binding.isUsingGpuDevice(), readCpuInfo());
  const reduced = precision === 'bf16' ? bfloat16Kernels((name) => tf.getKernel(name, backendName).kernelFunc) : [];
  for (const kernel of [...tensorflowKernels, ...reduced]) {
    if (tf.getKernel(kernel.kernelName, backendName)) tf.unregisterKernel(kernel.kernelName, backendName);
    tf.registerKernel({ ...kernel, backendName });
  }
  registerOps(ops, backendName);
  active = { ...mode, precision };
  return active;
}

/** What TensorFlow reads of its process when it is loaded. */
function tellTensorflow({ precision, threads, deterministic }: EngineMode): void {
  if (threads !== undefined) {
    for (const name of ['TF_NUM_INTRAOP_THREADS', 'OMP_NUM_THREADS']) process.env[name] = String(threads);
    process.env.TF_NUM_INTEROP_THREADS = '1';
  }
  if (deterministic) for (const name of ['TF_DETERMINISTIC_OPS', 'TF_CUDNN_DETERMINISTIC']) process.env[name] = '1';
  // CUDA's libraries multiply float32 in TF32 by themselves; this alone keeps them from it.
  if (precision === 'fp32') process.env.NVIDIA_TF32_OVERRIDE = '0';
}

/** tfjs-node 4.22 calls two functions that Node 23 took out of `node:util` (tfjs#8609). */
function giveBackRemovedHelpers(): void {
  const helpers = util as unknown as Record<string, unknown>;
  helpers.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  helpers.isArray ??= Array.isArray;
}

/** tfjs-node is compiled to ES5, where a subclass calls its parent as a function, which a `class` refuses. `KernelBackend` has no state. */
function callable(parent: typeof tf.KernelBackend): () => void {
  function KernelBackend() {
    return undefined;
  }
  KernelBackend.prototype = Object.create(parent.prototype);
  return KernelBackend;
}
