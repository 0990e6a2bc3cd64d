import type { DiagInputs, MatrixBandPartInputs } from '../../../tf.js';
import { kernel } from '../kernel.js';

/** x [...] along the diagonal of a tensor [..., ...]. */
export const diag = kernel<DiagInputs>('Diag', (torch, { x }) =>
  torch.call('reshape', torch.call('diag_embed', torch.call('reshape', x, [-1])), [...x.shape, ...x.shape]),
);

/** Each matrix with nothing but some diagonals below and above the main one; a negative number stands for all. */
export const matrixBandPart = kernel<MatrixBandPartInputs>('MatrixBandPart', (torch, { input, numLower, numUpper }) => {
  const [lower, upper] = [torch.numbersOf(numLower)[0]!, torch.numbersOf(numUpper)[0]!];
  const above = lower < 0 ? torch.call('clone', input) : torch.call('triu', input, -lower);
  return upper < 0 ? above : torch.call('tril', above, upper);
});
