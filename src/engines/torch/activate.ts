import { ops } from '../../ops/index.js';
import { registerOps } from '../../ops/op.js';
import * as tf from '../../tf.js';
import type { ActiveMode, EngineMode } from '../mode.js';
import { choosePrecision, readCpuInfo, refuseTf32WithoutGpu } from '../precision.js';
import type { TorchBinding } from './binding.js';
import { loadTorch, registerTorch } from './load.js';
import type { Manifest } from './manifest.js';

export interface ActiveTorch {
  readonly binding: TorchBinding;
  readonly gpu: boolean;
  readonly mode: ActiveMode;
}

/** What this process has loaded; it cannot be loaded again. */
let active: ActiveTorch | undefined;

/**
 * Loads the addon into this process, tells libtorch how to compute, registers backend, kernels and ops, and makes the backend the
 * one in use; once, then it only does the last. Throws `UserError` for a mode that this machine cannot, and what libtorch says
 * when it does not load.
 */
export async function activateTorch(manifest: Manifest, asked: EngineMode): Promise<ActiveTorch> {
  active ??= load(manifest, asked);
  await tf.setBackend('torch');
  return active;
}

function load(manifest: Manifest, asked: EngineMode): ActiveTorch {
  const binding = loadTorch(manifest, asked);
  const gpu = binding.versions().cuda;
  refuseTf32WithoutGpu('torch', asked.precision, gpu);
  const mode = { ...asked, precision: choosePrecision(asked.precision, gpu, readCpuInfo()) };
  binding.setTf32(mode.precision !== 'fp32');
  registerTorch(binding, mode);
  registerOps(ops, 'torch');
  return { binding, gpu, mode };
}
