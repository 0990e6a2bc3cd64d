import type { LinSpaceAttrs, RangeAttrs, SearchSortedAttrs, SearchSortedInputs } from '../../../tf.js';
import { ScalarType } from '../binding.js';
import { kernel } from '../kernel.js';

/** `start`, `start + step` and so on, short of `stop`; a step of 1 goes down where `stop` is below. */
export const range = kernel<object, RangeAttrs>('Range', (torch, _, { start, stop, step, dtype }) => {
  const by = stop < start && step === 1 ? -1 : step;
  const count = start === stop || start < stop !== by > 0 ? 0 : Math.ceil((stop - start) / by);
  const numbers = torch.call('arange', count, ScalarType.float64, undefined, torch.device);
  return torch.cast(torch.call('add.Scalar', torch.call('mul.Scalar', numbers, by), start), dtype);
});

export const linSpace = kernel<object, LinSpaceAttrs>('LinSpace', (torch, _, { start, stop, num }) =>
  torch.call('linspace', start, stop, num, ScalarType.float32, undefined, torch.device),
);

/** Where each of values [B, M] would have to go in the sorted rows [B, N], before its equals or behind them. */
const bound = (kernelName: string, right?: boolean) =>
  kernel<SearchSortedInputs, SearchSortedAttrs>(kernelName, (torch, { sortedSequence, values }, { side }) =>
    torch.call('searchsorted.Tensor', torch.plain(sortedSequence), torch.plain(values), true, right ?? side === 'right'),
  );

export const searchSorted = bound('SearchSorted');
export const lowerBound = bound('LowerBound', false);
export const upperBound = bound('UpperBound', true);
