import { backend_util, type DepthwiseConv2dNativeBackpropInputAttrs, type DepthwiseConv2dNativeBackpropInputInputs } from '../../../tf.js';
import { floatsOf, kernelOf, type WasmKernel } from '../memory.js';

/** The gradient of a depthwise convolution's input, [N, H, W, C] out of dy [N, OH, OW, C * M] and filter [kh, kw, C, M]. */
export const depthwiseBackpropInput: WasmKernel = {
  name: 'DepthwiseConv2dNativeBackpropInput',
  make: () =>
    kernelOf<DepthwiseConv2dNativeBackpropInputInputs, DepthwiseConv2dNativeBackpropInputAttrs>(({ inputs, attrs, backend }) => {
      const { strides, dilations, pad, dimRoundingMode, inputShape } = attrs;
      const shape = inputs.filter.shape as [number, number, number, number];
      const info = backend_util.computeConv2DInfo(inputShape, shape, strides, dilations, pad, dimRoundingMode, true);
      const out = backend.makeOutput(info.inShape, 'float32');
      spreadBack(floatsOf(backend, inputs.dy), floatsOf(backend, inputs.filter), floatsOf(backend, out).fill(0), info);
      return out;
    }),
};

function spreadBack(dy: Float32Array, filter: Float32Array, out: Float32Array, info: backend_util.Conv2DInfo): void {
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
            const to = ((n * inHeight + y) * inWidth + column) * inChannels;
            const weights = (tapY * filterWidth + tapX) * outChannels;
            if (multiplier === 1) {
              for (let c = 0; c < inChannels; c++) out[to + c]! += filter[weights + c]! * dy[gradient + c]!;
            } else {
              for (let k = 0; k < outChannels; k++) out[to + Math.floor(k / multiplier)]! += filter[weights + k]! * dy[gradient + k]!;
            }
          }
        }
      }
    }
  }
}
