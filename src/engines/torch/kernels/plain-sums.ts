import { kernel } from '../kernel.js';

export const addAlike = kernel<{ a: unknown; b: unknown }>('AddAlike', (torch, { a, b }) => torch.call('add.Tensor', a, b));

export const addBias = kernel<{ x: unknown; bias: unknown }>('AddBias', (torch, { x, bias }) =>
  // A map stays in the type that it is stored in; the sum of bfloat16 and float32 would be twice as large.
  torch.call('add.Tensor', x, x.shape.length === 4 ? torch.call('type_as', bias, x) : bias),
);
