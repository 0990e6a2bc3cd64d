import type { Conv2DAttrs, Conv2DInputs, TensorInfo } from '../../../tf.js';
import { callKernel, kernelOf, release, type WasmKernel } from '../memory.js';
import { channelsLast } from './channels-last.js';

/** Convolution; upstream's knows channels last alone, so pictures with their channels first are turned round and back. */
export const conv2d: WasmKernel = {
  name: 'Conv2D',
  make: (upstream) => {
    if (!upstream) throw new Error('The wasm backend has no kernel `Conv2D` to build upon');
    return kernelOf<Conv2DInputs, Conv2DAttrs>(({ inputs, attrs, backend }) => {
      const convolve = (x: TensorInfo, turned: object) =>
        upstream({ inputs: { x, filter: inputs.filter }, attrs: { ...attrs, ...turned }, backend }) as TensorInfo;
      if (attrs.dataFormat !== 'NCHW') return convolve(inputs.x, {});
      return channelsLast(backend, 'NCHW', { x: inputs.x }, ({ x }) => {
        const made = convolve(x, { dataFormat: 'NHWC', pad: padChannelsLast(attrs.pad) });
        const back = callKernel(backend, 'Transpose', { x: made }, { perm: [0, 3, 1, 2] });
        release(backend, made);
        return back;
      });
    });
  },
};

/** Explicit paddings, one pair for each axis, in the order of the axes. */
function padChannelsLast(pad: Conv2DAttrs['pad']): Conv2DAttrs['pad'] {
  if (!Array.isArray(pad)) return pad;
  const [batch, channels, height, width] = pad;
  return [batch, height, width, channels] as typeof pad;
}
