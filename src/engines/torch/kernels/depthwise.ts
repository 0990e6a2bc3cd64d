import type { FusedDepthwiseConv2DAttrs } from '../../../tf.js';
import type { TorchBackend } from '../backend.js';
import type { Handle } from '../binding.js';
import {
  answerOf,
  type ConvolutionAttrs,
  convolutionGradient,
  convolve,
  geometryOf,
  imageOf,
  padded,
  paddedShape,
  shapeOnly,
  unpadded,
} from '../convolution.js';
import { kernel, type Operand } from '../kernel.js';
import { finish, flatBias } from './conv2d.js';

type Sides = [number, number, number, number];

/** [H, W, I, M] as libtorch's [I * M, 1, H, W], in I groups. */
function filterOf(torch: TorchBackend, filter: Operand): Handle {
  const [height, width, channels, multiplier] = filter.shape as Sides;
  return torch.call('reshape', torch.call('permute', torch.reduced(filter), [2, 3, 0, 1]), [channels * multiplier, 1, height, width]);
}

export const depthwiseConv2d = kernel<{ x: unknown; filter: unknown }, ConvolutionAttrs>(
  'DepthwiseConv2dNative',
  (torch, { x, filter }, attrs) => {
    const geometry = geometryOf(x.shape, filter.shape, attrs, true);
    const image = convolve(torch, imageOf(torch, x, geometry), filterOf(torch, filter), undefined, geometry, geometry.inChannels);
    return answerOf(torch, image, geometry);
  },
);

export const fusedDepthwiseConv2d = kernel<
  { x: unknown; filter: unknown; bias: unknown; preluActivationWeights: unknown },
  FusedDepthwiseConv2DAttrs
>('FusedDepthwiseConv2D', (torch, { x, filter, bias, preluActivationWeights }, attrs) => {
  const geometry = geometryOf(x.shape, filter.shape, attrs as ConvolutionAttrs, true);
  const flat = flatBias(torch, bias, geometry);
  const image = convolve(torch, imageOf(torch, x, geometry), filterOf(torch, filter), flat, geometry, geometry.inChannels);
  return finish(torch, image, flat === undefined ? bias : undefined, preluActivationWeights, geometry, attrs);
});

export const depthwiseBackpropInput = kernel<
  { dy: unknown; filter: unknown },
  ConvolutionAttrs & { readonly inputShape: readonly number[] }
>('DepthwiseConv2dNativeBackpropInput', (torch, { dy, filter }, attrs) => {
  const geometry = geometryOf(attrs.inputShape, filter.shape, attrs, true);
  const input = shapeOnly(torch, paddedShape(geometry));
  const flowing = imageOf(torch, dy, geometry);
  const gradient = convolutionGradient(torch, flowing, input, filterOf(torch, filter), geometry, 'image', geometry.inChannels);
  return answerOf(torch, unpadded(torch, gradient, geometry), geometry);
});

export const depthwiseBackpropFilter = kernel<{ x: unknown; dy: unknown }, ConvolutionAttrs & { readonly filterShape: readonly number[] }>(
  'DepthwiseConv2dNativeBackpropFilter',
  (torch, { x, dy }, attrs) => {
    const geometry = geometryOf(x.shape, attrs.filterShape, attrs, true);
    const [height, width, channels, multiplier] = attrs.filterShape as Sides;
    const filter = shapeOnly(torch, [channels * multiplier, 1, height, width]);
    const image = padded(torch, imageOf(torch, x, geometry), geometry);
    const gradient = convolutionGradient(torch, imageOf(torch, dy, geometry), image, filter, geometry, 'filter', channels);
    const apart = torch.call('reshape', torch.cast(gradient, 'float32'), [channels, multiplier, height, width]);
    return torch.call('permute', apart, [2, 3, 0, 1]);
  },
);
