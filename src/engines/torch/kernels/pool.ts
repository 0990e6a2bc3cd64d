import type { AvgPoolAttrs, MaxPoolAttrs } from '../../../tf.js';
import { backend_util, util } from '../../../tf.js';
import type { TorchBackend } from '../backend.js';
import type { Handle } from '../binding.js';
import { channelsFirst, channelsLast, typedAs } from '../images.js';
import { kernel, type Operand } from '../kernel.js';

/** A pooling as libtorch takes it: after some padding of its own, by symmetric padding, rounded up or down. */
interface Pooling {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly ceil: boolean;
  /** left, right, top, bottom; where libtorch has no word for the windows. */
  readonly before: readonly [number, number, number, number] | undefined;
}

type Info = backend_util.Conv2DInfo;

export const infoOf = (shape: readonly number[], { filterSize, strides, pad, dimRoundingMode }: MaxPoolAttrs): Info =>
  backend_util.computePool2DInfo(shape as [number, number, number, number], filterSize, strides, 1, pad, dimRoundingMode);

/** How many windows libtorch finds along a side. */
function windows(length: number, kernel: number, stride: number, padding: number, ceil: boolean): number {
  const last = (length + 2 * padding - kernel) / stride;
  if (!ceil) return Math.floor(last) + 1;
  const count = Math.ceil(last) + 1;
  return (count - 1) * stride >= length + padding ? count - 1 : count;
}

export function poolingOf(info: Info): Pooling {
  const { filterHeight, filterWidth, strideHeight, strideWidth, inHeight, inWidth, outHeight, outWidth, padInfo } = info;
  const { top, bottom, left, right } = padInfo;
  const kernel = [filterHeight, filterWidth] as const;
  const stride = [strideHeight, strideWidth] as const;
  if (2 * top <= filterHeight && 2 * left <= filterWidth)
    for (const ceil of [false, true])
      if (
        windows(inHeight, filterHeight, strideHeight, top, ceil) === outHeight &&
        windows(inWidth, filterWidth, strideWidth, left, ceil) === outWidth
      )
        return { kernel, stride, padding: [top, left], ceil, before: undefined };
  // As many rows and columns as the windows cover, no more.
  const height = (outHeight - 1) * strideHeight + filterHeight;
  const width = (outWidth - 1) * strideWidth + filterWidth;
  const before = [left, Math.max(right, width - inWidth - left), top, Math.max(bottom, height - inHeight - top)] as const;
  return { kernel, stride, padding: [0, 0], ceil: false, before };
}

const isNothing = (info: Info) => info.filterWidth === 1 && info.filterHeight === 1 && util.arraysEqual(info.inShape, info.outShape);

function unpadded(torch: TorchBackend, image: Handle, { before }: Pooling, info: Info): Handle {
  if (!before) return image;
  return torch.call('narrow', torch.call('narrow', image, 2, before[2], info.inHeight), 3, before[0], info.inWidth);
}

export function pooledMaxima(torch: TorchBackend, image: Handle, { kernel, stride, padding, ceil, before }: Pooling): [Handle, Handle] {
  const source = before ? torch.call('constant_pad_nd', image, before, Number.NEGATIVE_INFINITY) : image;
  return torch.callForMany('max_pool2d_with_indices', source, kernel, stride, padding, [1, 1], ceil) as [Handle, Handle];
}

const flowingTo = (torch: TorchBackend, dy: Operand, input: Operand): Handle => channelsFirst(torch, typedAs(torch, dy, input));

const indices = 'max pool indices';

/** Keeps where the maxima were beside the output: the gradient need not look for them. */
export const maxPool = kernel<{ x: unknown }, MaxPoolAttrs>('MaxPool', (torch, { x }, attrs) => {
  const info = infoOf(x.shape, attrs);
  if (isNothing(info)) return torch.share(x);
  const [maxima, places] = pooledMaxima(torch, channelsFirst(torch, x), poolingOf(info));
  const made = torch.adopt(channelsLast(torch, maxima));
  torch.keepBeside(made.dataId, indices, places);
  return made;
});

export const maxPoolGrad = kernel<{ dy: unknown; input: unknown; output: unknown }, MaxPoolAttrs>(
  'MaxPoolGrad',
  (torch, { dy, input, output }, attrs) => {
    const info = infoOf(input.shape, attrs);
    if (isNothing(info)) return torch.share(dy);
    const pooling = poolingOf(info);
    const { kernel, stride, padding, ceil, before } = pooling;
    const image = channelsFirst(torch, input);
    const source = before ? torch.call('constant_pad_nd', image, before, Number.NEGATIVE_INFINITY) : image;
    const places = output.dataId.beside(indices) ?? pooledMaxima(torch, image, pooling)[1];
    const gradient = torch.call(
      'max_pool2d_with_indices_backward',
      flowingTo(torch, dy, input),
      source,
      kernel,
      stride,
      padding,
      [1, 1],
      ceil,
      places,
    );
    return channelsLast(torch, unpadded(torch, gradient, pooling, info));
  },
);

/** What lies in the padding does not count. */
export const avgPool = kernel<{ x: unknown }, AvgPoolAttrs>('AvgPool', (torch, { x }, attrs) => {
  const info = infoOf(x.shape, attrs);
  if (isNothing(info)) return torch.share(x);
  const pooling = poolingOf(info);
  const image = channelsFirst(torch, x);
  if (!pooling.before)
    return channelsLast(torch, torch.call('avg_pool2d', image, pooling.kernel, pooling.stride, pooling.padding, pooling.ceil, false));
  const sums = sumOfWindows(torch, torch.call('constant_pad_nd', image, pooling.before, 0), pooling);
  return channelsLast(torch, torch.call('div.Tensor', sums, windowSizes(torch, pooling, info)));
});

export const avgPoolGrad = kernel<{ dy: unknown; input: unknown }, AvgPoolAttrs>('AvgPoolGrad', (torch, { dy, input }, attrs) => {
  const info = infoOf(input.shape, attrs);
  if (isNothing(info)) return torch.share(dy);
  const pooling = poolingOf(info);
  const { kernel, stride, padding, ceil, before } = pooling;
  const flowing = flowingTo(torch, dy, input);
  const image = channelsFirst(torch, input);
  if (!before)
    return channelsLast(torch, torch.call('avg_pool2d_backward', flowing, image, kernel, stride, padding, ceil, false, undefined));
  const shared = torch.call('type_as', torch.call('div.Tensor', flowing, windowSizes(torch, pooling, info)), image);
  const source = torch.call('constant_pad_nd', image, before, 0);
  const gradient = torch.call('avg_pool2d_backward', shared, source, kernel, stride, padding, ceil, true, 1);
  return channelsLast(torch, unpadded(torch, gradient, pooling, info));
});

const sumOfWindows = (torch: TorchBackend, image: Handle, { kernel, stride, padding, ceil }: Pooling) =>
  torch.call('avg_pool2d', image, kernel, stride, padding, ceil, true, 1);

/** [1, 1, H, W]: how many cells of the picture each window covers. */
const windowSizes = (torch: TorchBackend, pooling: Pooling, { inHeight, inWidth }: Info) =>
  sumOfWindows(torch, torch.call('constant_pad_nd', torch.full([1, 1, inHeight, inWidth], 1, 'float32'), pooling.before, 0), pooling);
