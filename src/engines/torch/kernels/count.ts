import type { BincountAttrs, BincountInputs, DenseBincountAttrs } from '../../../tf.js';
import { util } from '../../../tf.js';
import type { TorchBackend } from '../backend.js';
import { type Handle, ScalarType } from '../binding.js';
import { kernel, type Operand } from '../kernel.js';

/** [rows, size]: how often each value is in a row of x, or the weights that it has there. */
function counted(torch: TorchBackend, x: Operand, weights: Operand, size: number, rows: number): Handle {
  const dtype = weights.dtype as 'float32';
  const values = torch.call('reshape', torch.cast(x, 'int32'), [rows, -1]);
  if (util.sizeFromShape(x.shape) > 0 && torch.numbersOf(torch.call('min', values))[0]! < 0) throw new Error('x must not be negative');
  // One more bin takes what is too large.
  const first = torch.call('mul.Scalar', torch.call('arange', rows, ScalarType.int32, undefined, torch.device), size + 1);
  const bins = torch.call('add.Tensor', torch.call('clamp', values, 0, size), torch.call('unsqueeze', first, 1));
  const weighed = util.sizeFromShape(weights.shape) > 0;
  const added = weighed ? torch.call('reshape', torch.plain(weights), [-1]) : torch.full([util.sizeFromShape(x.shape)], 1, dtype);
  const sums = torch.call('index_add_', torch.full([rows * (size + 1)], 0, dtype), 0, torch.call('reshape', bins, [-1]), added);
  return torch.call('narrow', torch.call('reshape', sums, [rows, size + 1]), 1, 0, size);
}

export const bincount = kernel<BincountInputs, BincountAttrs>('Bincount', (torch, { x, weights }, { size }) =>
  torch.call('reshape', counted(torch, x, weights, size, 1), [size]),
);

/** The same for each row of a matrix. */
export const denseBincount = kernel<BincountInputs, DenseBincountAttrs>(
  'DenseBincount',
  (torch, { x, weights }, { size, binaryOutput }) => {
    if (x.shape.length > 2) throw new Error(`[${x.shape}] is neither a vector nor a matrix`);
    const shape = [...x.shape.slice(0, -1), size];
    const made = torch.call('reshape', counted(torch, x, weights, size, util.sizeFromShape(x.shape.slice(0, -1))), shape);
    return binaryOutput ? torch.cast(torch.call('ne.Scalar', made, 0), weights.dtype as 'float32') : made;
  },
);
