import type { FusedConv2DAttrs } from '../../../tf.js';
import { activate } from '../activation.js';
import {
  answerOf,
  type ConvolutionAttrs,
  convolutionGradient,
  convolve,
  filterAnswerOf,
  filterOf,
  geometryOf,
  imageOf,
  padded,
  paddedShape,
  shapeOnly,
  unpadded,
} from '../convolution.js';
import { kernel } from '../kernel.js';

export const conv2d = kernel<{ x: unknown; filter: unknown }, ConvolutionAttrs>('Conv2D', (torch, { x, filter }, attrs) => {
  const geometry = geometryOf(x.shape, filter.shape, attrs);
  return answerOf(torch, convolve(torch, imageOf(torch, x, geometry), filterOf(torch, filter), undefined, geometry), geometry);
});

export const fusedConv2d = kernel<{ x: unknown; filter: unknown; bias: unknown; preluActivationWeights: unknown }, FusedConv2DAttrs>(
  'FusedConv2D',
  (torch, { x, filter, bias, preluActivationWeights }, attrs) => {
    const geometry = geometryOf(x.shape, filter.shape, attrs as ConvolutionAttrs);
    const flatBias = bias && torch.call('reshape', torch.reduced(bias), [-1]);
    const image = convolve(torch, imageOf(torch, x, geometry), filterOf(torch, filter), flatBias, geometry);
    return activate(torch, answerOf(torch, image, geometry), attrs, preluActivationWeights);
  },
);

export const conv2dBackpropInput = kernel<{ dy: unknown; filter: unknown }, ConvolutionAttrs & { readonly inputShape: number[] }>(
  'Conv2DBackpropInput',
  (torch, { dy, filter }, attrs) => {
    const geometry = geometryOf(attrs.inputShape, filter.shape, attrs);
    const input = shapeOnly(torch, paddedShape(geometry));
    const gradient = convolutionGradient(torch, imageOf(torch, dy, geometry), input, filterOf(torch, filter), geometry, 'image');
    return answerOf(torch, unpadded(torch, gradient, geometry), geometry);
  },
);

export const conv2dBackpropFilter = kernel<{ x: unknown; dy: unknown }, ConvolutionAttrs & { readonly filterShape: number[] }>(
  'Conv2DBackpropFilter',
  (torch, { x, dy }, attrs) => {
    const geometry = geometryOf(x.shape, attrs.filterShape, attrs);
    const [height, width, inChannels, outChannels] = attrs.filterShape as [number, number, number, number];
    const filter = shapeOnly(torch, [outChannels, inChannels, height, width]);
    const image = padded(torch, imageOf(torch, x, geometry), geometry);
    return filterAnswerOf(
      torch,
      torch.cast(convolutionGradient(torch, imageOf(torch, dy, geometry), image, filter, geometry, 'filter'), 'float32'),
    );
  },
);
