import { backend_util, type MaxPoolGradAttrs, type MaxPoolGradInputs } from '../../../tf.js';
import { floatsOf, kernelOf, type WasmKernel } from '../memory.js';

/**
 * The gradient of max pooling goes to the first largest cell of every window. Upstream's looks for one above the smallest positive
 * number, so that windows of zeros and negative numbers send theirs to the first cell of the whole map.
 */
export const maxPoolGrad: WasmKernel = {
  name: 'MaxPoolGrad',
  make: () =>
    kernelOf<MaxPoolGradInputs, MaxPoolGradAttrs>(({ inputs, attrs, backend }) => {
      const { filterSize, strides, pad, dimRoundingMode } = attrs;
      const shape = inputs.input.shape as [number, number, number, number];
      const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
      const out = backend.makeOutput(shape, 'float32');
      const [x, dy, dx] = [floatsOf(backend, inputs.input), floatsOf(backend, inputs.dy), floatsOf(backend, out)];
      dx.fill(0);
      const { batchSize, inHeight, inWidth, outHeight, outWidth, inChannels: channels, padInfo } = info;
      const largest = new Float32Array(channels);
      const places = new Int32Array(channels);
      let from = 0;
      for (let b = 0; b < batchSize; b++) {
        for (let row = 0; row < outHeight; row++) {
          const top = row * info.strideHeight - padInfo.top;
          for (let column = 0; column < outWidth; column++) {
            const left = column * info.strideWidth - padInfo.left;
            places.fill(-1);
            for (let y = Math.max(top, 0); y < Math.min(top + info.filterHeight, inHeight); y++) {
              for (let x0 = Math.max(left, 0); x0 < Math.min(left + info.filterWidth, inWidth); x0++) {
                const cell = ((b * inHeight + y) * inWidth + x0) * channels;
                for (let c = 0; c < channels; c++) {
                  const value = x[cell + c]!;
                  if (places[c]! >= 0 && !(value > largest[c]!)) continue;
                  largest[c] = value;
                  places[c] = cell + c;
                }
              }
            }
            for (let c = 0; c < channels; c++, from++) if (places[c]! >= 0) dx[places[c]!]! += dy[from]!;
          }
        }
      }
      return out;
    }),
};
