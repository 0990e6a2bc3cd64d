import type { BackendWasm, TensorInfo } from '../../../tf.js';
import { callKernel, release } from '../memory.js';

/** Runs `body` on tensors that lie [N, H, W, C], turned round first where they are [N, C, H, W]. */
export function channelsLast(
  backend: BackendWasm,
  dataFormat: 'NHWC' | 'NCHW' | undefined,
  images: readonly TensorInfo[],
  body: (...images: readonly TensorInfo[]) => TensorInfo,
): TensorInfo {
  if (dataFormat !== 'NCHW') return body(...images);
  const turned = images.map((image) => callKernel(backend, 'Transpose', { x: image }, { perm: [0, 2, 3, 1] }));
  const result = body(...turned);
  release(backend, ...turned);
  return result;
}
