import type { TorchBackend } from '../backend.js';
import type { Handle } from '../binding.js';
import { kernel, type Operand } from '../kernel.js';

export const addN = kernel<Operand[]>('AddN', (torch: TorchBackend, inputs) => {
  const [first, second, ...others] = inputs as unknown as Operand[];
  if (!second) return torch.share(first!);
  const sum = torch.call('add.Tensor', first, second);
  return others.reduce<Handle>((so, next) => torch.call('add_.Tensor', so, next), sum);
});
