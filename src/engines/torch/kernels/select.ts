import type { SelectInputs } from '../../../tf.js';
import { kernel } from '../kernel.js';

/** t where the condition holds, e elsewhere; a condition of rank 1 speaks of rows. */
export const select = kernel<SelectInputs>('Select', (torch, { condition, t, e }) => {
  const rows = condition.shape.length === 1 && t.shape.length > 1;
  const holds = rows ? torch.call('reshape', condition, [-1, ...t.shape.slice(1).map(() => 1)]) : condition;
  return torch.call('where.self', condition.dtype === 'bool' ? holds : torch.cast(holds, 'bool'), t, e);
});
