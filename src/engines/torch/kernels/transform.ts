import type { RotateWithOffsetAttrs, RotateWithOffsetInputs, TransformAttrs, TransformInputs } from '../../../tf.js';
import { backend_util } from '../../../tf.js';
import type { TorchBackend } from '../backend.js';
import { type Handle, ScalarType } from '../binding.js';
import { kernel } from '../kernel.js';
import { coordinates, mixed, nearest, pixelsAt, whereHolds, within } from '../pixels.js';

type Sides = [number, number, number, number];

/** Coordinates outside of [0, length - 1] brought inside, as `mode` has it. */
function broughtInside(torch: TorchBackend, places: Handle, length: number, mode: TransformAttrs['fillMode']): Handle {
  const periods = (of: Handle, period: number) => torch.call('trunc', torch.call('div.Scalar', of, period));
  const plus = (a: Handle, b: Handle, times = 1) => torch.call('add.Tensor', a, b, times);
  const choose = (holds: Handle, a: Handle, b: Handle) => torch.call('where.self', holds, a, b);
  const before = torch.call('lt.Scalar', places, 0);
  const behind = torch.call('gt.Scalar', places, length - 1);
  const mapped = () => {
    if (length <= 1 || mode === 'nearest') return places;
    if (mode === 'wrap') {
      const up = torch.call('add.Scalar', periods(torch.call('neg', places), length - 1), 1);
      const down = periods(places, length - 1);
      return choose(before, plus(places, up, length), choose(behind, plus(places, down, -length), places));
    }
    const up = plus(places, periods(torch.call('neg', places), 2 * length), 2 * length);
    const far = torch.call('lt.Scalar', up, -length);
    const mirrored = choose(far, torch.call('add.Scalar', up, 2 * length), torch.call('rsub.Scalar', up, -1));
    const down = plus(places, periods(places, 2 * length), -2 * length);
    const turned = choose(torch.call('ge.Scalar', down, length), torch.call('rsub.Scalar', down, 2 * length - 1), down);
    return choose(before, mirrored, choose(behind, turned, places));
  };
  return mode === 'constant' ? places : torch.call('clamp', mapped(), 0, length - 1);
}

/** Each pixel from where a projective transform, eight numbers of the output's coordinates, leads. */
export const transform = kernel<TransformInputs, TransformAttrs>(
  'Transform',
  (torch, { image, transforms }, { interpolation, fillMode, fillValue, outputShape }) => {
    const [batch, height, width] = image.shape as Sides;
    const [outHeight, outWidth] = outputShape ?? [height, width];
    const numbers = torch.call('reshape', torch.call('to.dtype', transforms, ScalarType.float64), [-1, 8, 1, 1]);
    const t = torch.callForMany('unbind.int', numbers, 1);
    const column = coordinates(torch, outWidth);
    const row = torch.call('unsqueeze', coordinates(torch, outHeight), 1);
    const combined = (i: number) =>
      torch.call('add.Tensor', torch.call('mul.Tensor', t[i], column), torch.call('mul.Tensor', t[i + 1], row));
    // [B or 1, h, w]
    const depth = torch.call('add.Scalar', combined(6), 1);
    const projected = (i: number) => torch.call('div.Tensor', torch.call('add.Tensor', combined(i), t[i + 2]), depth);
    const x = broughtInside(torch, projected(0), width, fillMode);
    const y = broughtInside(torch, projected(3), height, fillMode);
    const pictures = torch.call('reshape', coordinates(torch, batch), [-1, 1, 1]);
    const fill = torch.constant(fillValue, image.dtype as 'float32');
    const at = (rows: Handle, columns: Handle) => {
      const inside = torch.call('logical_and', within(torch, rows, height), within(torch, columns, width));
      return whereHolds(torch, inside, pixelsAt(torch, image, pictures, rows, columns), fill);
    };
    const finite = torch.call('ne.Scalar', depth, 0);
    if (interpolation === 'nearest') return whereHolds(torch, finite, at(nearest(torch, y), nearest(torch, x)), fill);
    const [top, left] = [torch.call('floor', y), torch.call('floor', x)];
    const [bottom, right] = [torch.call('add.Scalar', top, 1), torch.call('add.Scalar', left, 1)];
    const across = torch.call('sub.Tensor', x, left);
    const upper = mixed(torch, at(top, left), at(top, right), across);
    const lower = mixed(torch, at(bottom, left), at(bottom, right), across);
    return whereHolds(torch, finite, mixed(torch, upper, lower, torch.call('sub.Tensor', y, top)), fill);
  },
);

/** Turned around a point; what comes from outside is filled, but for an alpha channel, which is opaque there. */
export const rotateWithOffset = kernel<RotateWithOffsetInputs, RotateWithOffsetAttrs>(
  'RotateWithOffset',
  (torch, { image }, { radians, fillValue, center }) => {
    const [batch, height, width, channels] = image.shape as Sides;
    const [centreX, centreY] = backend_util.getImageCenter(center, height, width);
    const [sin, cos] = [Math.sin(radians), Math.cos(radians)];
    const column = torch.call('sub.Scalar', coordinates(torch, width), centreX);
    const row = torch.call('unsqueeze', torch.call('sub.Scalar', coordinates(torch, height), centreY), 1);
    const turned = (a: number, b: number, centre: number) =>
      nearest(
        torch,
        torch.call('add.Scalar', torch.call('add.Tensor', torch.call('mul.Scalar', column, a), torch.call('mul.Scalar', row, b)), centre),
      );
    const x = turned(cos, -sin, centreX);
    const y = turned(sin, cos, centreY);
    const colour = typeof fillValue === 'number' ? new Array<number>(channels).fill(fillValue) : [...fillValue, 255].slice(0, channels);
    const pictures = torch.call('reshape', coordinates(torch, batch), [-1, 1, 1]);
    const inside = torch.call('logical_and', within(torch, y, height), within(torch, x, width));
    return whereHolds(torch, inside, pixelsAt(torch, image, pictures, y, x), torch.cast(torch.constant(colour), image.dtype as 'float32'));
  },
);
