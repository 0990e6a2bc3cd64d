import type { TorchBackend } from './backend.js';
import { type Handle, ScalarType } from './binding.js';
import type { Operand } from './kernel.js';

/** 0, 1 and so on, as coordinates: in float64, for a place just beyond the edge is outside. */
export const coordinates = (torch: TorchBackend, count: number): Handle =>
  torch.call('arange', count, ScalarType.float64, undefined, torch.device);

/** The nearest whole number; of two the larger one. */
export const nearest = (torch: TorchBackend, places: Handle): Handle => torch.call('floor', torch.call('add.Scalar', places, 0.5));

export const within = (torch: TorchBackend, places: Handle, length: number): Handle =>
  torch.call('logical_and', torch.call('ge.Scalar', places, 0), torch.call('le.Scalar', places, length - 1));

/** The pixels of image [B, H, W, C] at whole coordinates, which broadcast with each other; one outside gives a pixel of the edge. */
export function pixelsAt(torch: TorchBackend, image: Operand, pictures: Handle, rows: Handle, columns: Handle): Handle {
  const [batch, height, width] = image.shape as [number, number, number, number];
  // NaN would become any number.
  const place = (given: Handle, length: number) =>
    torch.call('to.dtype', torch.call('clamp', torch.call('nan_to_num', given, 0), 0, length - 1), ScalarType.int64);
  return torch.call('index.Tensor', torch.plain(image), [place(pictures, batch), place(rows, height), place(columns, width)]);
}

/** `a` and `b` mixed, `part` [...] of b in each pixel [..., C]. */
export function mixed(torch: TorchBackend, a: Handle, b: Handle, part: Handle): Handle {
  const weight = torch.call('unsqueeze', torch.cast(part, 'float32'), -1);
  return torch.call('add.Tensor', a, torch.call('mul.Tensor', torch.call('sub.Tensor', b, a), weight));
}

/** `pixels` [..., C] where `holds` [...], `other` elsewhere. */
export const whereHolds = (torch: TorchBackend, holds: Handle, pixels: Handle, other: Handle): Handle =>
  torch.call('where.self', torch.call('unsqueeze', holds, -1), pixels, other);
