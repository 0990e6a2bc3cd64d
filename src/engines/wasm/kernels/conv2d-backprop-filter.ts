import {
  type BackendWasm,
  backend_util,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropFilterInputs,
  type TensorInfo,
} from '../../../tf.js';
import { callKernel, closeWindow, floatsOf, kernelOf, openWindow, release, type WasmKernel } from '../memory.js';
import { channelsLast } from './channels-last.js';

/**
 * The gradient of a convolution's filter, [kh, kw, C, K] out of x [N, H, W, C] and dy [N, OH, OW, K].
 *
 * One matrix product for each tap of the filter, without im2col: x is padded and laid out channel by channel, [C, L] with
 * L = N * QH * QW, and dy padded with zeros to the same grid, [L, K]. A tap then sees the same matrix some columns further on,
 * which is the same memory read from a later start; what runs over a row's end meets a zero of dy. With a stride s, x is
 * first split into the s * s grids of pixels that share their remainders, and every tap finds its own one.
 */
export const conv2dBackpropFilter: WasmKernel = {
  name: 'Conv2DBackpropFilter',
  make: () =>
    kernelOf<Conv2DBackpropFilterInputs, Conv2DBackpropFilterAttrs>(({ inputs, attrs, backend }) =>
      channelsLast(backend, attrs.dataFormat, { x: inputs.x, dy: inputs.dy }, ({ x, dy }) => filterGradient(backend, x, dy, attrs)),
    ),
};

function filterGradient(
  backend: BackendWasm,
  x: TensorInfo,
  dy: TensorInfo,
  { strides, pad, dimRoundingMode, filterShape }: Conv2DBackpropFilterAttrs,
) {
  const shape = x.shape as [number, number, number, number];
  const info = backend_util.computeConv2DInfo(shape, filterShape, strides, 1, pad, dimRoundingMode, false, 'channelsLast');
  const { batchSize, filterHeight, filterWidth, inChannels, outChannels, outHeight, outWidth, strideHeight, strideWidth } = info;
  const grid: Grid = {
    height: outHeight + Math.floor((filterHeight - 1) / strideHeight),
    width: outWidth + Math.floor((filterWidth - 1) / strideWidth),
  };
  const cells = batchSize * grid.height * grid.width;
  // How far the last tap's window runs over the end.
  const tail = (grid.height - outHeight) * grid.width + grid.width - outWidth;

  const out = backend.makeOutput(info.filterShape, 'float32');
  const spread = backend.makeOutput([1, cells, outChannels], 'float32');
  const planes = backend.makeOutput([inChannels * cells + tail], 'float32');
  spreadOnGrid(floatsOf(backend, dy), floatsOf(backend, spread), { batchSize, outHeight, outWidth, outChannels }, grid);

  for (let phaseY = 0; phaseY < Math.min(strideHeight, filterHeight); phaseY++) {
    for (let phaseX = 0; phaseX < Math.min(strideWidth, filterWidth); phaseX++) {
      fillPlanes(floatsOf(backend, x), floatsOf(backend, planes), info, grid, phaseY, phaseX);
      for (let tapY = phaseY; tapY < filterHeight; tapY += strideHeight) {
        for (let tapX = phaseX; tapX < filterWidth; tapX += strideWidth) {
          const shift = ((tapY - phaseY) / strideHeight) * grid.width + (tapX - phaseX) / strideWidth;
          const window = openWindow(backend, planes, shift, [1, inChannels, cells]);
          const product = callKernel(backend, 'BatchMatMul', { a: window, b: spread }, { transposeA: false, transposeB: false });
          closeWindow(backend, window);
          floatsOf(backend, out).set(floatsOf(backend, product), (tapY * filterWidth + tapX) * inChannels * outChannels);
          release(backend, product);
        }
      }
    }
  }
  release(backend, spread, planes);
  return out;
}

interface Grid {
  readonly height: number;
  readonly width: number;
}
interface Gradient {
  readonly batchSize: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
}

/** dy into the left upper corner of each image's grid; zeros in the rest. */
function spreadOnGrid(dy: Float32Array, spread: Float32Array, { batchSize, outHeight, outWidth, outChannels }: Gradient, grid: Grid): void {
  if (spread.length > dy.length) spread.fill(0);
  const row = outWidth * outChannels;
  for (let n = 0; n < batchSize; n++) {
    for (let y = 0; y < outHeight; y++) {
      const from = (n * outHeight + y) * row;
      spread.set(dy.subarray(from, from + row), (n * grid.height + y) * grid.width * outChannels);
    }
  }
}

/** x, padded, channel by channel: of every stride-th row and column those that start at the phase. */
function fillPlanes(
  x: Float32Array,
  planes: Float32Array,
  info: backend_util.Conv2DInfo,
  grid: Grid,
  phaseY: number,
  phaseX: number,
): void {
  const { batchSize, inHeight, inWidth, inChannels, strideHeight, strideWidth, padInfo } = info;
  const cells = batchSize * grid.height * grid.width;
  planes.fill(0);
  // Eight channels at a time: few enough streams to write, and each line of x is read whole.
  for (let first = 0; first < inChannels; first += 8) {
    const last = Math.min(first + 8, inChannels);
    for (let n = 0; n < batchSize; n++) {
      for (let row = 0; row < grid.height; row++) {
        const y = row * strideHeight + phaseY - padInfo.top;
        if (y < 0 || y >= inHeight) continue;
        for (let column = 0; column < grid.width; column++) {
          const xx = column * strideWidth + phaseX - padInfo.left;
          if (xx < 0 || xx >= inWidth) continue;
          const from = ((n * inHeight + y) * inWidth + xx) * inChannels;
          const to = (n * grid.height + row) * grid.width + column;
          for (let c = first; c < last; c++) planes[c * cells + to] = x[from + c]!;
        }
      }
    }
  }
}
