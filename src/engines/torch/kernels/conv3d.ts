import type { Conv3DAttrs, Conv3DBackpropFilterV2Attrs, Conv3DBackpropInputV2Attrs, Conv3DInputs } from '../../../tf.js';
import { backend_util } from '../../../tf.js';
import type { TorchBackend } from '../backend.js';
import type { Handle } from '../binding.js';
import { kernel, type Operand } from '../kernel.js';
import { channelsFirst3d, channelsLast3d, type Geometry3d, padded3d, sidesOf, unpadded3d } from '../volumes.js';

type Sides = [number, number, number, number, number];
type Attrs = Pick<Conv3DAttrs, 'strides' | 'pad'> & Partial<Conv3DAttrs>;

const geometryOf = (x: readonly number[], filter: readonly number[], { strides, dilations = 1, pad }: Attrs): Geometry3d =>
  backend_util.computeConv3DInfo(x as Sides, filter as Sides, strides, dilations, pad);

const volumeOf = (torch: TorchBackend, x: Operand) => channelsFirst3d(torch, torch.reduced(x));

/** [D, H, W, I, O] as libtorch's [O, I, D, H, W]. */
const filterOf = (torch: TorchBackend, filter: Operand) => torch.call('permute', torch.reduced(filter), [4, 3, 0, 1, 2]);

/** A tensor whose values nobody reads. */
const shapeOnly = (torch: TorchBackend, shape: readonly number[], like: Handle) => torch.call('new_empty', like, shape);

/** Stride, padding, dilation, whether it is transposed, more padding, groups. */
const windows = (g: Geometry3d) =>
  [
    [g.strideDepth, g.strideHeight, g.strideWidth],
    [0, 0, 0],
    [g.dilationDepth, g.dilationHeight, g.dilationWidth],
    false,
    [0, 0, 0],
    1,
  ] as const;

export const conv3d = kernel<Conv3DInputs, Conv3DAttrs>('Conv3D', (torch, { x, filter }, attrs) => {
  const geometry = geometryOf(x.shape, filter.shape, attrs);
  const volume = padded3d(torch, volumeOf(torch, x), geometry, 0);
  return channelsLast3d(torch, torch.call('convolution', volume, filterOf(torch, filter), undefined, ...windows(geometry)));
});

export const conv3dBackpropInput = kernel<{ dy: unknown; filter: unknown }, Conv3DBackpropInputV2Attrs>(
  'Conv3DBackpropInputV2',
  (torch, { dy, filter }, attrs) => {
    const geometry = geometryOf(attrs.inputShape, filter.shape, attrs);
    const [left, right, top, bottom, front, back] = sidesOf(geometry);
    const { batchSize, inChannels, inDepth, inHeight, inWidth } = geometry;
    const shape = [batchSize, inChannels, inDepth + front + back, inHeight + top + bottom, inWidth + left + right];
    const flowing = volumeOf(torch, dy);
    const [gradient] = torch.callForMany(
      'convolution_backward',
      flowing,
      shapeOnly(torch, shape, flowing),
      filterOf(torch, filter),
      undefined,
      ...windows(geometry),
      [true, false, false],
    );
    return channelsLast3d(torch, unpadded3d(torch, gradient!, geometry));
  },
);

export const conv3dBackpropFilter = kernel<{ x: unknown; dy: unknown }, Conv3DBackpropFilterV2Attrs>(
  'Conv3DBackpropFilterV2',
  (torch, { x, dy }, attrs) => {
    const geometry = geometryOf(x.shape, attrs.filterShape, attrs);
    const [depth, height, width, inChannels, outChannels] = attrs.filterShape;
    const flowing = volumeOf(torch, dy);
    const [, gradient] = torch.callForMany(
      'convolution_backward',
      flowing,
      padded3d(torch, volumeOf(torch, x), geometry, 0),
      shapeOnly(torch, [outChannels, inChannels, depth, height, width], flowing),
      undefined,
      ...windows(geometry),
      [false, true, false],
    );
    return torch.cast(torch.call('permute', gradient!, [2, 3, 4, 1, 0]), 'float32');
  },
);
