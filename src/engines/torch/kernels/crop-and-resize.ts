import type { CropAndResizeAttrs, CropAndResizeInputs } from '../../../tf.js';
import type { TorchBackend } from '../backend.js';
import { type Handle, ScalarType } from '../binding.js';
import { kernel } from '../kernel.js';
import { coordinates, mixed, nearest, pixelsAt, whereHolds, within } from '../pixels.js';

/** [N, count]: where the samples of each box lie along a side of `length` cells; `first` and `last` are parts of it, [N, 1]. */
function samplesAlong(torch: TorchBackend, first: Handle, last: Handle, count: number, length: number): Handle {
  if (count === 1) return torch.call('mul.Scalar', torch.call('add.Tensor', first, last), 0.5 * (length - 1));
  const extent = torch.call('mul.Scalar', torch.call('sub.Tensor', last, first), length - 1);
  const steps = torch.call('mul.Tensor', torch.call('div.Scalar', extent, count - 1), coordinates(torch, count));
  return torch.call('add.Tensor', torch.call('mul.Scalar', first, length - 1), steps);
}

export const cropAndResize = kernel<CropAndResizeInputs, CropAndResizeAttrs>(
  'CropAndResize',
  (torch, { image, boxes, boxInd }, { cropSize: [cropHeight, cropWidth], method, extrapolationValue }) => {
    const [batch, height, width] = image.shape as [number, number, number, number];
    const [y1, x1, y2, x2] = torch.callForMany('split.Tensor', torch.call('to.dtype', boxes, ScalarType.float64), 1, 1) as [
      Handle,
      Handle,
      Handle,
      Handle,
    ];
    // [N, h, 1] and [N, 1, w]
    const y = torch.call('unsqueeze', samplesAlong(torch, y1, y2, cropHeight, height), 2);
    const x = torch.call('unsqueeze', samplesAlong(torch, x1, x2, cropWidth, width), 1);
    const pictures = torch.call('reshape', torch.call('to.dtype', boxInd, ScalarType.float64), [-1, 1, 1]);
    const at = (rows: Handle, columns: Handle) => torch.cast(pixelsAt(torch, image, pictures, rows, columns), 'float32');

    let pixels: Handle;
    if (method === 'nearest') pixels = at(nearest(torch, y), nearest(torch, x));
    else {
      const [top, left] = [torch.call('floor', y), torch.call('floor', x)];
      const [bottom, right] = [torch.call('ceil', y), torch.call('ceil', x)];
      const across = torch.call('sub.Tensor', x, left);
      const upper = mixed(torch, at(top, left), at(top, right), across);
      pixels = mixed(torch, upper, mixed(torch, at(bottom, left), at(bottom, right), across), torch.call('sub.Tensor', y, top));
    }
    const inside = torch.call('logical_and', within(torch, y, height), within(torch, x, width));
    const cropped = whereHolds(torch, inside, pixels, torch.constant(extrapolationValue));
    // A box of no picture is empty.
    return whereHolds(torch, within(torch, pictures, batch), cropped, torch.constant(0));
  },
);
