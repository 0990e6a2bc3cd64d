import { backend_util } from '../../tf.js';
import type { TorchBackend, TorchPrecision } from './backend.js';
import { type Handle, MemoryFormat, ScalarType } from './binding.js';
import type { Operand } from './kernel.js';
import { isThinned, spread, thinned } from './thinned.js';

/** Where the windows of a convolution lie. */
export type Geometry = backend_util.Conv2DInfo;

/** What TensorFlow.js says of a convolution. */
export interface ConvolutionAttrs {
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dilations?: [number, number] | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

export function geometryOf(
  x: readonly number[],
  filter: readonly number[],
  { strides, pad, dataFormat = 'NHWC', dilations, dimRoundingMode }: ConvolutionAttrs,
  depthwise = false,
): Geometry {
  return backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
    backend_util.convertConv2DDataFormat(dataFormat),
  );
}

/** Any picture as [B, C, H, W], in the precision that is multiplied in. */
export const imageOf = (torch: TorchBackend, x: Operand, geometry: Geometry): Handle => imageFrom(torch, torch.reduced(x), geometry);

/** The same in float32, whatever the precision. */
export const wholeImageOf = (torch: TorchBackend, x: Operand, geometry: Geometry): Handle => imageFrom(torch, torch.plain(x), geometry);

const imageFrom = (torch: TorchBackend, handle: Handle, { dataFormat }: Geometry): Handle =>
  dataFormat === 'channelsLast' ? torch.call('permute', handle, [0, 3, 1, 2]) : handle;

/** [B, C, H, W] in the format that TensorFlow.js asked for. */
export const answerOf = (torch: TorchBackend, image: Handle, { dataFormat }: Geometry): Handle =>
  dataFormat === 'channelsLast' ? torch.call('permute', image, [0, 2, 3, 1]) : image;

/**
 * [H, W, I, O] as libtorch's [O, I, H, W] in channels-last memory. The tensor of `filter` itself is laid out so from then on: what an
 * optimiser makes of it keeps that layout, and no later step copies.
 */
export function filterOf(torch: TorchBackend, filter: Operand): Handle {
  const laidOut = torch.call('contiguous', torch.call('permute', filter, [3, 2, 0, 1]), MemoryFormat.channelsLast);
  torch.relayout(filter, torch.call('permute', laidOut, [2, 3, 1, 0]));
  return torch.reducedBeside(filter, 'reduced filter', laidOut);
}

/** [O, I, H, W] to [H, W, I, O]. */
export const filterAnswerOf = (torch: TorchBackend, filter: Handle): Handle => torch.call('permute', filter, [2, 3, 1, 0]);

/** A tensor whose values nobody reads: libtorch wants the shape of what a gradient is for. */
export const shapeOnly = (torch: TorchBackend, shape: readonly number[], precision: TorchPrecision = torch.precision): Handle =>
  torch.call(
    'empty.memory_format',
    shape,
    precision === 'bf16' ? ScalarType.bfloat16 : ScalarType.float32,
    undefined,
    torch.device,
    undefined,
    MemoryFormat.channelsLast,
  );

/** How much is padded beyond the symmetric padding that libtorch knows: left, right, top, bottom. */
const uneven = ({ padInfo: { top, bottom, left, right } }: Geometry): [number, number, number, number] => [
  left - Math.min(left, right),
  right - Math.min(left, right),
  top - Math.min(top, bottom),
  bottom - Math.min(top, bottom),
];

const isEven = (geometry: Geometry) => uneven(geometry).every((side) => side === 0);

const paddingOf = ({ padInfo: { top, bottom, left, right } }: Geometry): [number, number] => [Math.min(top, bottom), Math.min(left, right)];

/** The picture with what is padded on one side only. */
export const padded = (torch: TorchBackend, image: Handle, geometry: Geometry): Handle =>
  isEven(geometry) ? image : torch.call('constant_pad_nd', image, uneven(geometry), 0);

/** The shape of `padded`. */
export function paddedShape(geometry: Geometry): [number, number, number, number] {
  const [left, right, top, bottom] = uneven(geometry);
  return [geometry.batchSize, geometry.inChannels, geometry.inHeight + top + bottom, geometry.inWidth + left + right];
}

/** Takes away what `padded` added. */
export function unpadded(torch: TorchBackend, image: Handle, geometry: Geometry): Handle {
  if (isEven(geometry)) return image;
  const [left, , top] = uneven(geometry);
  return torch.call('narrow', torch.call('narrow', image, 2, top, geometry.inHeight), 3, left, geometry.inWidth);
}

/** Picture, filter and bias (or none) to the convolved picture, all in libtorch's order. */
export function convolve(
  torch: TorchBackend,
  image: Handle,
  filter: Handle,
  bias: Handle | undefined,
  geometry: Geometry,
  groups = 1,
): Handle {
  const whole = padded(torch, image, geometry);
  // With one channel a tensor's layout is in doubt, and taking it for channels-last the oneDNN of libtorch 2.13 and 2.14 reads wrong cells
  // where a row has one window.
  const settled = (given: Handle) => (geometry.inChannels === 1 ? torch.call('clone', given, MemoryFormat.contiguous) : given);
  const made = torch.call(
    'convolution',
    settled(whole),
    settled(filter),
    bias,
    stridesOf(geometry),
    paddingOf(geometry),
    [geometry.dilationHeight, geometry.dilationWidth],
    false,
    [0, 0],
    groups,
  );
  return isThinned(geometry) ? thinned(torch, made, geometry) : made;
}

/** The gradient with respect to the picture or to the filter. */
export function convolutionGradient(
  torch: TorchBackend,
  dy: Handle,
  image: Handle,
  filter: Handle,
  geometry: Geometry,
  of: 'image' | 'filter',
  groups = 1,
): Handle {
  const gradients = torch.callForMany(
    'convolution_backward',
    isThinned(geometry) ? spreadOver(torch, dy, image, geometry) : dy,
    image,
    filter,
    undefined,
    stridesOf(geometry),
    paddingOf(geometry),
    [geometry.dilationHeight, geometry.dilationWidth],
    false,
    [0, 0],
    groups,
    [of === 'image', of === 'filter', false],
  );
  return gradients[of === 'image' ? 0 : 1]!;
}

const stridesOf = (geometry: Geometry): [number, number] => (isThinned(geometry) ? [1, 1] : [geometry.strideHeight, geometry.strideWidth]);

/** The gradient of what was thinned, at every cell of the padded picture. */
function spreadOver(torch: TorchBackend, dy: Handle, image: Handle, geometry: Geometry): Handle {
  const [, , height, width] = torch.shapeOf(image) as [number, number, number, number];
  const [vertical, horizontal] = paddingOf(geometry);
  return spread(torch, dy, height + 2 * vertical, width + 2 * horizontal, geometry);
}
