import { kernel, type Operand } from '../kernel.js';

export const joinRows = kernel<Record<string, unknown>, { readonly rows: readonly number[] }>('JoinRows', (torch, inputs, { rows }) =>
  torch.call(
    'cat',
    rows.map((_, index) => inputs[`part${index}`] as Operand),
    0,
  ),
);
