import { messageOf } from '../errors.js';
import * as tf from '../tf.js';
import type { Probed, ProbeRequest } from './probe.js';
import type { NodeBackend } from './tensorflow/binding.js';
import { loadTensorflow } from './tensorflow/load.js';

/** The child process of `probe`: loads, convolves, answers over its channel, ends. */
async function tryOut({ folder, manifest, logLevel }: ProbeRequest): Promise<Probed> {
  try {
    loadTensorflow(folder, manifest, { logLevel, precision: 'float32' });
    await tf.setBackend('tensorflow');
    const sum = tf.tidy(
      () => tf.sum(tf.conv2d(tf.ones([1, 4, 4, 1]) as tf.Tensor4D, tf.ones([3, 3, 1, 1]) as tf.Tensor4D, 1, 'valid')).dataSync()[0],
    );
    if (sum !== 36) return { works: false, why: `a convolution gives ${sum}, not 36` };
    const { binding } = tf.backend() as NodeBackend;
    return { works: true, version: binding.TF_Version, gpu: binding.isUsingGpuDevice() };
  } catch (error) {
    return { works: false, why: messageOf(error).split('\n')[0] ?? 'it failed' };
  }
}

process.once('message', async (request) => {
  const answer = await tryOut(request as ProbeRequest);
  process.send?.(answer, () => process.exit(0));
});
