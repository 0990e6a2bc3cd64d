import type { BinaryInputs } from '../../../tf.js';
import { kernel } from '../kernel.js';

/** Kernels of two tensors that broadcast. */
const table = {
  Add: 'add.Tensor',
  Atan2: 'atan2',
  BitwiseAnd: 'bitwise_and.Tensor',
  Equal: 'eq.Tensor',
  Greater: 'gt.Tensor',
  GreaterEqual: 'ge.Tensor',
  Less: 'lt.Tensor',
  LessEqual: 'le.Tensor',
  LogicalAnd: 'logical_and',
  LogicalOr: 'logical_or',
  LogicalXor: 'logical_xor',
  Maximum: 'maximum',
  Minimum: 'minimum',
  Mod: 'remainder.Tensor',
  Multiply: 'mul.Tensor',
  NotEqual: 'ne.Tensor',
  Pow: 'pow.Tensor_Tensor',
  RealDiv: 'div.Tensor',
  Sub: 'sub.Tensor',
} as const;

export const binaryKernels = Object.entries(table).map(([name, operator]) =>
  kernel<BinaryInputs>(name, (torch, { a, b }) => torch.call(operator, a, b)),
);

export const floorDiv = kernel<BinaryInputs>('FloorDiv', (torch, { a, b }) => torch.call('div.Tensor_mode', a, b, 'floor'));

export const squaredDifference = kernel<BinaryInputs>('SquaredDifference', (torch, { a, b }) => {
  const difference = torch.call('sub.Tensor', a, b);
  return torch.call('mul.Tensor', difference, difference);
});

/** x where it is positive, alpha x elsewhere; alpha broadcasts. */
export const prelu = kernel<{ x: unknown; alpha: unknown }>('Prelu', (torch, { x, alpha }) =>
  torch.call('where.self', torch.call('lt.Scalar', x, 0), torch.call('mul.Tensor', x, alpha), x),
);
