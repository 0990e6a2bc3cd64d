import { messageOf } from '../errors.js';
import * as tf from '../tf.js';
import type { Probed, ProbeRequest } from './probe.js';

interface Loaded {
  readonly version: string;
  readonly gpu: boolean;
  /** The allocator's own statistics. */
  memory(): Readonly<Record<string, number>>;
}

/** The child process of `probe`: loads, convolves, answers over its channel, ends. */
async function tryOut(request: ProbeRequest): Promise<Probed> {
  try {
    const { version, gpu, memory } = await load(request);
    const sum = tf.tidy(
      () => tf.sum(tf.conv2d(tf.ones([1, 4, 4, 1]) as tf.Tensor4D, tf.ones([3, 3, 1, 1]) as tf.Tensor4D, 1, 'valid')).dataSync()[0],
    );
    if (sum !== 36) return { works: false, why: `a convolution gives ${sum}, not 36` };
    return { works: true, version, gpu, memory: { ...memory(), residentBytes: process.memoryUsage.rss() } };
  } catch (error) {
    return { works: false, why: messageOf(error).split('\n')[0] ?? 'it failed' };
  }
}

/** Only the engine asked for is ever loaded, not even its JavaScript beside another's. */
async function load(request: ProbeRequest): Promise<Loaded> {
  if (request.engine === 'wasm') {
    const { wasmEngine } = await import('./wasm/engine.js');
    await wasmEngine.activate();
    const { wasm } = tf.backend() as unknown as { readonly wasm: { readonly HEAPU8: Uint8Array } };
    return { version: tf.version_core, gpu: false, memory: () => ({ heapBytes: wasm.HEAPU8.byteLength }) };
  }
  if (request.engine === 'tensorflow') {
    const { loadTensorflow } = await import('./tensorflow/load.js');
    loadTensorflow(request.folder, request.manifest, { logLevel: request.logLevel, mode: { precision: 'fp32' } });
    await tf.setBackend('tensorflow');
    const { binding } = tf.backend() as import('./tensorflow/binding.js').NodeBackend;
    return { version: binding.TF_Version, gpu: binding.isUsingGpuDevice(), memory: () => ({}) };
  }
  const { activateTorch } = await import('./torch/activate.js');
  const { binding, gpu } = await activateTorch(request.manifest, { precision: 'fp32' });
  return { version: request.manifest.torchVersion, gpu, memory: () => ({ ...binding.memory() }) };
}

process.once('message', async (request) => {
  const answer = await tryOut(request as ProbeRequest);
  process.send?.(answer, () => process.exit(0));
});
