import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { registerTorchBackend, type TorchBackend, type TorchPrecision } from './backend.js';
import type { TorchBinding } from './binding.js';
import { torchKernels } from './kernels/index.js';

/** The addon to load, and the libtorch that it was built against: a part of what the installer writes down. */
export interface BuiltAddon {
  /** The file of the addon. */
  readonly addon: string;
  /** The folder of `libtorch_cpu.so`. */
  readonly libraries: string;
  readonly torchVersion: string;
  readonly cuda: boolean;
}

export interface TorchOptions {
  readonly precision?: TorchPrecision;
  /** Threads of one operator; else one per core. */
  readonly threads?: number;
  readonly deterministic?: boolean;
  /** `cpu` or `cuda`; else CUDA where it was built for it and a device is there. */
  readonly device?: 'cpu' | 'cuda';
}

/**
 * Loads the addon and with it libtorch. Throws what the loader says (a library that is missing, an addon of another Node), and when another
 * libtorch than the one it was built against has come into this process before.
 */
export function loadTorch({ addon, libraries, torchVersion, cuda }: BuiltAddon, options: TorchOptions = {}): TorchBinding {
  // OpenMP reads it when it is loaded. Threads that wait must sleep: while spinning they would take the cores from the threads that read
  // pictures, and from JavaScript itself.
  process.env.OMP_WAIT_POLICY ??= 'PASSIVE';
  const module = { exports: {} as TorchBinding };
  process.dlopen(module, addon);
  const binding = module.exports;
  const { built } = binding.versions();
  if (plain(built) !== plain(torchVersion)) throw new Error(`the addon was built against libtorch ${built}, not ${torchVersion}`);
  if (cuda && options.device !== 'cpu') binding.loadLibrary(join(libraries, 'libtorch_cuda.so'));
  // Left to itself an OpenMP may take a single core.
  binding.setThreads(options.threads ?? availableParallelism());
  if (options.deterministic !== undefined) binding.setDeterministic(options.deterministic);
  binding.setTf32(options.precision === 'tf32' || options.precision === 'bf16');
  const device = deviceOf(binding, options);
  if (device !== 'cpu') binding.setDevice(device);
  return binding;
}

/** Makes `torch` a backend of TensorFlow.js, with all its kernels. */
export const registerTorch = (binding: TorchBinding, options: TorchOptions = {}): TorchBackend =>
  registerTorchBackend(binding, torchKernels, { precision: options.precision ?? 'fp32', device: deviceOf(binding, options) });

function deviceOf(binding: TorchBinding, { device }: TorchOptions): 'cpu' | 'cuda:0' {
  const { cuda } = binding.versions();
  if (device === 'cuda' && !cuda) throw new Error('this libtorch finds no CUDA device');
  return cuda && device !== 'cpu' ? 'cuda:0' : 'cpu';
}

/** `2.13.0+cpu` and `2.13.0` are one version. */
const plain = (version: string) => version.split('+')[0];
