import {
  type BackendWasm,
  backend_util,
  type Conv2DBackpropInputAttrs,
  type Conv2DBackpropInputInputs,
  type TensorInfo,
} from '../../../tf.js';
import { callKernel, floatsOf, kernelOf, release, type WasmKernel } from '../memory.js';
import { channelsLast } from './channels-last.js';

/**
 * The gradient of a convolution's input, [N, H, W, C] out of dy [N, OH, OW, K] and filter [kh, kw, C, K]; upstream's own is a
 * plain loop, ten times slower than its forward convolution, which this uses.
 *
 * Input row h meets tap t in output row (h + pad - t) / s. So the rows whose h + pad leave the same remainder modulo s are a
 * convolution, with stride 1, of dy with every s-th tap in reverse; each remainder's pixels are computed and put in their places.
 */
export const conv2dBackpropInput: WasmKernel = {
  name: 'Conv2DBackpropInput',
  make: () =>
    kernelOf<Conv2DBackpropInputInputs, Conv2DBackpropInputAttrs>(({ inputs, attrs, backend }) => {
      const { dataFormat, inputShape } = attrs;
      if (dataFormat !== 'NCHW') return inputGradient(backend, inputs.dy, inputs.filter, attrs, inputShape);
      const [n, c, h, w] = inputShape;
      const lastly = channelsLast(backend, dataFormat, { dy: inputs.dy }, ({ dy }) =>
        inputGradient(backend, dy, inputs.filter, attrs, [n, h, w, c]),
      );
      const result = callKernel(backend, 'Transpose', { x: lastly }, { perm: [0, 3, 1, 2] });
      release(backend, lastly);
      return result;
    }),
};

type Shape4 = [number, number, number, number];

function inputGradient(
  backend: BackendWasm,
  dy: TensorInfo,
  filter: TensorInfo,
  attrs: Conv2DBackpropInputAttrs,
  inputShape: Shape4,
): TensorInfo {
  const { strides, pad, dimRoundingMode } = attrs;
  const info = backend_util.computeConv2DInfo(inputShape, filter.shape as Shape4, strides, 1, pad, dimRoundingMode, false, 'channelsLast');
  const { strideHeight, strideWidth, filterHeight, filterWidth, inHeight, inWidth, outHeight, outWidth, padInfo } = info;
  if (strideHeight === 1 && strideWidth === 1) {
    const rows = rowsOf(0, 1, filterHeight, inHeight, outHeight, padInfo.top);
    const columns = rowsOf(0, 1, filterWidth, inWidth, outWidth, padInfo.left);
    if (rows && columns) return phaseGradient(backend, dy, filter, info, rows, columns);
  }

  const out = backend.makeOutput(inputShape, 'float32');
  floatsOf(backend, out).fill(0);
  for (let phaseY = 0; phaseY < strideHeight; phaseY++) {
    const rows = rowsOf(phaseY, strideHeight, filterHeight, inHeight, outHeight, padInfo.top);
    for (let phaseX = 0; phaseX < strideWidth; phaseX++) {
      const columns = rowsOf(phaseX, strideWidth, filterWidth, inWidth, outWidth, padInfo.left);
      // A stride wider than the filter, and padding, leave pixels that no output saw.
      if (!rows || !columns) continue;
      const part = phaseGradient(backend, dy, filter, info, rows, columns);
      putInPlace(floatsOf(backend, part), floatsOf(backend, out), inputShape, rows, columns);
      release(backend, part);
    }
  }
  return out;
}

/** The input rows (or columns) of one remainder, and the convolution along them. */
interface Line {
  /** The first such row, the step to the next, how many. */
  readonly first: number;
  readonly step: number;
  readonly count: number;
  /** The taps they meet: `phase`, `phase + step`, ... */
  readonly phase: number;
  readonly taps: number;
  /** Zeros before and after dy; negative: that many rows of dy are left out. */
  readonly before: number;
  readonly after: number;
}

function rowsOf(phase: number, step: number, filter: number, input: number, output: number, pad: number): Line | undefined {
  const taps = Math.ceil((filter - phase) / step);
  const cell = Math.max(0, Math.ceil((pad - phase) / step));
  const first = cell * step + phase - pad;
  const count = Math.ceil((input - first) / step);
  if (taps <= 0 || count <= 0) return undefined;
  const before = taps - 1 - cell;
  const after = count + taps - 1 - before - output;
  const seen = output + Math.min(0, before) + Math.min(0, after);
  return seen > 0 ? { first, step, count, phase, taps, before, after } : undefined;
}

/** One remainder's pixels, [N, rows.count, columns.count, C]. */
function phaseGradient(
  backend: BackendWasm,
  dy: TensorInfo,
  filter: TensorInfo,
  info: backend_util.Conv2DInfo,
  rows: Line,
  columns: Line,
): TensorInfo {
  const { batchSize, inChannels, outChannels, outHeight, outWidth, filterWidth } = info;
  // A transposed convolution may be given more than its output shape has room for; the rest counts for nothing.
  const whole = dy.shape[1] === outHeight && dy.shape[2] === outWidth;
  const turned = backend.makeOutput([rows.taps, columns.taps, outChannels, inChannels], 'float32');
  turnTaps(floatsOf(backend, filter), floatsOf(backend, turned), { filterWidth, inChannels, outChannels }, rows, columns);

  const cut = [rows, columns].map(({ before, after }) => ({
    begin: Math.max(0, -before),
    less: Math.max(0, -before) + Math.max(0, -after),
  }));
  const [cutY, cutX] = cut as [(typeof cut)[0], (typeof cut)[0]];
  const size = [batchSize, outHeight - cutY.less, outWidth - cutX.less, outChannels];
  const seen =
    whole && cutY.less + cutX.less === 0 ? dy : callKernel(backend, 'Slice', { x: dy }, { begin: [0, cutY.begin, cutX.begin, 0], size });
  const pad = [[0, 0], ...[rows, columns].map(({ before, after }) => [Math.max(0, before), Math.max(0, after)]), [0, 0]];
  const attrs = { strides: [1, 1], dilations: [1, 1], pad, dataFormat: 'NHWC' };
  const result = callKernel(backend, 'Conv2D', { x: seen, filter: turned }, attrs);
  if (seen !== dy) release(backend, seen);
  release(backend, turned);
  return result;
}

interface Channels {
  readonly filterWidth: number;
  readonly inChannels: number;
  readonly outChannels: number;
}

/** The taps of a remainder, last one first, with their channels swapped: [taps, taps, K, C]. */
function turnTaps(
  filter: Float32Array,
  turned: Float32Array,
  { filterWidth, inChannels, outChannels }: Channels,
  rows: Line,
  columns: Line,
): void {
  const size = inChannels * outChannels;
  for (let i = 0; i < rows.taps; i++) {
    for (let j = 0; j < columns.taps; j++) {
      const tap = (rows.phase + (rows.taps - 1 - i) * rows.step) * filterWidth + columns.phase + (columns.taps - 1 - j) * columns.step;
      const to = (i * columns.taps + j) * size;
      for (let k = 0; k < outChannels; k++) {
        for (let c = 0; c < inChannels; c++) turned[to + k * inChannels + c] = filter[tap * size + c * outChannels + k]!;
      }
    }
  }
}

function putInPlace(part: Float32Array, out: Float32Array, [batch, height, width, channels]: Shape4, rows: Line, columns: Line): void {
  let from = 0;
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < rows.count; i++) {
      const line = (n * height + rows.first + i * rows.step) * width;
      for (let j = 0; j < columns.count; j++) {
        const to = (line + columns.first + j * columns.step) * channels;
        for (let c = 0; c < channels; c++) out[to + c] = part[from + c]!;
        from += channels;
      }
    }
  }
}
