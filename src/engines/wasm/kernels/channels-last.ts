import type { BackendWasm, TensorInfo } from '../../../tf.js';
import { callKernel, release } from '../memory.js';

/** As many tensors as there are names. */
type Images<Name extends string> = { readonly [Each in Name]: TensorInfo };

/** Runs `body` on tensors that lie [N, H, W, C], turned round first where they are [N, C, H, W]. */
export function channelsLast<Name extends string>(
  backend: BackendWasm,
  dataFormat: 'NHWC' | 'NCHW' | undefined,
  images: Images<Name>,
  body: (images: Images<Name>) => TensorInfo,
): TensorInfo {
  if (dataFormat !== 'NCHW') return body(images);
  const turned = Object.entries<TensorInfo>(images).map(
    ([name, image]) => [name, callKernel(backend, 'Transpose', { x: image }, { perm: [0, 2, 3, 1] })] as const,
  );
  const result = body(Object.fromEntries(turned) as Images<Name>);
  release(backend, ...turned.map(([, image]) => image));
  return result;
}
