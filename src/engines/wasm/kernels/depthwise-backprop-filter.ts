import {
  backend_util,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type DepthwiseConv2dNativeBackpropFilterInputs,
} from '../../../tf.js';
import { floatsOf, kernelOf, type WasmKernel } from '../memory.js';

/** The gradient of a depthwise convolution's filter, [kh, kw, C, M] out of x [N, H, W, C] and dy [N, OH, OW, C * M]. */
export const depthwiseBackpropFilter: WasmKernel = {
  name: 'DepthwiseConv2dNativeBackpropFilter',
  make: () =>
    kernelOf<DepthwiseConv2dNativeBackpropFilterInputs, DepthwiseConv2dNativeBackpropFilterAttrs>(({ inputs, attrs, backend }) => {
      const { strides, dilations, pad, dimRoundingMode, filterShape } = attrs;
      const shape = inputs.x.shape as [number, number, number, number];
      const info = backend_util.computeConv2DInfo(shape, filterShape, strides, dilations, pad, dimRoundingMode, true);
      const out = backend.makeOutput(info.filterShape, 'float32');
      addUp(floatsOf(backend, inputs.x), floatsOf(backend, inputs.dy), floatsOf(backend, out).fill(0), info);
      return out;
    }),
};

function addUp(x: Float32Array, dy: Float32Array, out: Float32Array, info: backend_util.Conv2DInfo): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth, padInfo } = info;
  const { strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  const multiplier = outChannels / inChannels;
  for (let n = 0; n < batchSize; n++) {
    for (let i = 0; i < outHeight; i++) {
      for (let tapY = 0; tapY < filterHeight; tapY++) {
        const y = i * strideHeight + tapY * dilationHeight - padInfo.top;
        if (y < 0 || y >= inHeight) continue;
        for (let j = 0; j < outWidth; j++) {
          const gradient = ((n * outHeight + i) * outWidth + j) * outChannels;
          for (let tapX = 0; tapX < filterWidth; tapX++) {
            const column = j * strideWidth + tapX * dilationWidth - padInfo.left;
            if (column < 0 || column >= inWidth) continue;
            const from = ((n * inHeight + y) * inWidth + column) * inChannels;
            const to = (tapY * filterWidth + tapX) * outChannels;
            if (multiplier === 1) {
              for (let c = 0; c < inChannels; c++) out[to + c]! += x[from + c]! * dy[gradient + c]!;
            } else {
              for (let k = 0; k < outChannels; k++) out[to + k]! += x[from + Math.floor(k / multiplier)]! * dy[gradient + k]!;
            }
          }
        }
      }
    }
  }
}
