import type { AvgPool3DAttrs, AvgPool3DGradInputs, AvgPool3DInputs, MaxPool3DAttrs, MaxPool3DGradInputs } from '../../../tf.js';
import { backend_util } from '../../../tf.js';
import type { TorchBackend } from '../backend.js';
import type { Handle } from '../binding.js';
import { kernel, type Operand } from '../kernel.js';
import { channelsFirst3d, channelsLast3d, type Geometry3d, padded3d, unpadded3d } from '../volumes.js';

const geometryOf = (
  { shape }: Operand,
  { filterSize, strides, pad, dimRoundingMode, dataFormat }: Omit<AvgPool3DAttrs, 'dataFormat'> & Partial<AvgPool3DAttrs>,
): Geometry3d =>
  backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
    dataFormat,
  );

/** Windows, strides, padding: that is there already. */
const windows = (g: Geometry3d) =>
  [
    [g.filterDepth, g.filterHeight, g.filterWidth],
    [g.strideDepth, g.strideHeight, g.strideWidth],
    [0, 0, 0],
  ] as const;

const sumOfWindows = (torch: TorchBackend, volume: Handle, geometry: Geometry3d): Handle =>
  torch.call('avg_pool3d', padded3d(torch, volume, geometry, 0), ...windows(geometry), false, true, 1);

/** How many cells of the volume each window covers, and 1 where none; what lies in the padding does not count. */
function windowSizes(torch: TorchBackend, geometry: Geometry3d): Handle {
  const ones = torch.full([1, 1, geometry.inDepth, geometry.inHeight, geometry.inWidth], 1, 'float32');
  return torch.call('clamp', sumOfWindows(torch, ones, geometry), 1);
}

/** No window fits in, which libtorch refuses. */
const isEmpty = ({ outShape }: Geometry3d) => outShape.includes(0);

export const avgPool3d = kernel<AvgPool3DInputs, AvgPool3DAttrs>('AvgPool3D', (torch, { x }, attrs) => {
  const geometry = geometryOf(x, attrs);
  if (isEmpty(geometry)) return torch.full(geometry.outShape, 0, 'float32');
  const sums = sumOfWindows(torch, channelsFirst3d(torch, torch.cast(x, 'float32')), geometry);
  return channelsLast3d(torch, torch.call('div.Tensor', sums, windowSizes(torch, geometry)));
});

export const avgPool3dGrad = kernel<AvgPool3DGradInputs, AvgPool3DAttrs>('AvgPool3DGrad', (torch, { dy, input }, attrs) => {
  const geometry = geometryOf(input, attrs);
  const volume = padded3d(torch, channelsFirst3d(torch, torch.cast(input, 'float32')), geometry, 0);
  const shared = torch.call('div.Tensor', channelsFirst3d(torch, torch.cast(dy, 'float32')), windowSizes(torch, geometry));
  const gradient = torch.call('avg_pool3d_backward', shared, volume, ...windows(geometry), false, true, 1);
  return channelsLast3d(torch, unpadded3d(torch, gradient, geometry));
});

const lowest = Number.NEGATIVE_INFINITY;

/** The padded volume, NaN taken out, its maxima and where they are. */
function maxima(torch: TorchBackend, x: Operand, geometry: Geometry3d): [Handle, Handle, Handle] {
  const numbers = torch.call('nan_to_num', torch.cast(x, 'float32'), lowest, -lowest, lowest);
  const volume = padded3d(torch, channelsFirst3d(torch, numbers), geometry, lowest);
  const [values, places] = torch.callForMany('max_pool3d_with_indices', volume, ...windows(geometry), [1, 1, 1], false);
  return [volume, values!, places!];
}

export const maxPool3d = kernel<AvgPool3DInputs, MaxPool3DAttrs>('MaxPool3D', (torch, { x }, attrs) => {
  const geometry = geometryOf(x, attrs);
  if (isEmpty(geometry)) return torch.full(geometry.outShape, 0, x.dtype as 'float32');
  const [, values] = maxima(torch, x, geometry);
  return channelsLast3d(torch, torch.cast(values, x.dtype as 'float32'));
});

export const maxPool3dGrad = kernel<MaxPool3DGradInputs, MaxPool3DAttrs>('MaxPool3DGrad', (torch, { dy, input }, attrs) => {
  const geometry = geometryOf(input, attrs);
  const [volume, , places] = maxima(torch, input, geometry);
  const flowing = channelsFirst3d(torch, torch.cast(dy, 'float32'));
  const gradient = torch.call('max_pool3d_with_indices_backward', flowing, volume, ...windows(geometry), [1, 1, 1], false, places);
  return channelsLast3d(torch, unpadded3d(torch, gradient, geometry));
});
