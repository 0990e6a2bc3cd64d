import type { FusedConv2DAttrs } from '../../../tf.js';
import { util } from '../../../tf.js';
import { type Activating, activate } from '../activation.js';
import type { TorchBackend } from '../backend.js';
import type { Handle } from '../binding.js';
import {
  answerOf,
  type ConvolutionAttrs,
  convolutionGradient,
  convolve,
  filterAnswerOf,
  filterOf,
  type Geometry,
  geometryOf,
  imageOf,
  padded,
  paddedShape,
  shapeOnly,
  unpadded,
  wholeImageOf,
} from '../convolution.js';
import { kernel, type Operand } from '../kernel.js';

export const conv2d = kernel<{ x: unknown; filter: unknown }, ConvolutionAttrs>('Conv2D', (torch, { x, filter }, attrs) => {
  const geometry = geometryOf(x.shape, filter.shape, attrs);
  return answerOf(torch, convolve(torch, imageOf(torch, x, geometry), filterOf(torch, filter), undefined, geometry), geometry);
});

export const fusedConv2d = kernel<{ x: unknown; filter: unknown; bias: unknown; preluActivationWeights: unknown }, FusedConv2DAttrs>(
  'FusedConv2D',
  (torch, { x, filter, bias, preluActivationWeights }, attrs) => {
    const geometry = geometryOf(x.shape, filter.shape, attrs as ConvolutionAttrs);
    const flat = flatBias(torch, bias, geometry);
    const image = convolve(torch, imageOf(torch, x, geometry), filterOf(torch, filter), flat, geometry);
    return finish(torch, image, flat === undefined ? bias : undefined, preluActivationWeights, geometry, attrs);
  },
);

/** A bias of one value per channel, which libtorch adds as it convolves. */
export const flatBias = (torch: TorchBackend, bias: Operand | undefined, { outChannels }: Geometry): Handle | undefined =>
  bias && util.sizeFromShape(bias.shape) === outChannels ? torch.call('reshape', torch.reduced(bias), [-1]) : undefined;

/** What a fused kernel does after the convolution: adds any other bias, and activates. */
export function finish(
  torch: TorchBackend,
  image: Handle,
  bias: Operand | undefined,
  prelu: Operand | undefined,
  geometry: Geometry,
  activation: Activating,
): Handle {
  const made = answerOf(torch, image, geometry);
  const sum = bias ? torch.call('add.Tensor', made, alongChannels(torch, bias, geometry)) : made;
  return activate(torch, sum, activation, prelu && alongChannels(torch, prelu, geometry));
}

/** One value per channel, shaped so that it broadcasts to the picture. */
const alongChannels = (torch: TorchBackend, values: Operand, { dataFormat }: Geometry): Handle | Operand =>
  dataFormat === 'channelsFirst' && values.shape.length === 1 ? torch.call('reshape', values, [-1, 1, 1]) : values;

export const conv2dBackpropInput = kernel<{ dy: unknown; filter: unknown }, ConvolutionAttrs & { readonly inputShape: number[] }>(
  'Conv2DBackpropInput',
  (torch, { dy, filter }, attrs) => {
    const geometry = geometryOf(attrs.inputShape, filter.shape, attrs);
    const input = shapeOnly(torch, paddedShape(geometry));
    const flowing = withinOutput(torch, imageOf(torch, dy, geometry), geometry);
    const gradient = convolutionGradient(torch, flowing, input, filterOf(torch, filter), geometry, 'image');
    return answerOf(torch, unpadded(torch, gradient, geometry), geometry);
  },
);

/** What belongs to no window of the convolution, as in a transposed one of a size that does not fit, is left out. */
function withinOutput(torch: TorchBackend, dy: Handle, { outHeight, outWidth }: Geometry): Handle {
  const [, , height, width] = torch.shapeOf(dy) as [number, number, number, number];
  if (height <= outHeight && width <= outWidth) return dy;
  return torch.call('narrow', torch.call('narrow', dy, 2, 0, outHeight), 3, 0, outWidth);
}

export const conv2dBackpropFilter = kernel<{ x: unknown; dy: unknown }, ConvolutionAttrs & { readonly filterShape: number[] }>(
  'Conv2DBackpropFilter',
  (torch, { x, dy }, attrs) => {
    const geometry = geometryOf(x.shape, attrs.filterShape, attrs);
    const [height, width, inChannels, outChannels] = attrs.filterShape as [number, number, number, number];
    const whole = inChannels < fewChannels && torch.device === 'cpu';
    const imageFor = (operand: Operand) => (whole ? wholeImageOf(torch, operand, geometry) : imageOf(torch, operand, geometry));
    const filter = shapeOnly(torch, [outChannels, inChannels, height, width], whole ? 'fp32' : torch.precision);
    const gradient = convolutionGradient(torch, imageFor(dy), padded(torch, imageFor(x), geometry), filter, geometry, 'filter');
    return filterAnswerOf(torch, torch.cast(gradient, 'float32'));
  },
);

/** Of fewer channels than this oneDNN makes the gradient of a filter several times faster in float32 than in bfloat16: for a picture's three, five times. */
const fewChannels = 8;
