import type { LRNAttrs, LRNGradInputs, LRNInputs } from '../../../tf.js';
import type { TorchBackend } from '../backend.js';
import type { Handle } from '../binding.js';
import { kernel, type Operand } from '../kernel.js';

/** Sums over each channel and its neighbours up to `radius` away; channels come last. */
const neighbourhood = (torch: TorchBackend, values: Handle, radius: number): Handle =>
  torch.call(
    'sum.dim_IntList',
    torch.call('unfold', torch.call('constant_pad_nd', values, [radius, radius], 0), -1, 2 * radius + 1, 1),
    [-1],
  );

/** bias + alpha * (the squares around each channel) */
const norms = (torch: TorchBackend, x: Operand, { depthRadius, bias, alpha }: LRNAttrs): Handle =>
  torch.call('add.Scalar', torch.call('mul.Scalar', neighbourhood(torch, torch.call('square', torch.plain(x)), depthRadius), alpha), bias);

/** Local response normalisation (Krizhevsky et al., 2012, section 3.3). */
export const localResponse = kernel<LRNInputs, LRNAttrs>('LRN', (torch, { x }, attrs) =>
  torch.call('mul.Tensor', x, torch.call('pow.Tensor_Scalar', norms(torch, x, attrs), -attrs.beta)),
);

export const localResponseGrad = kernel<LRNGradInputs, LRNAttrs>('LRNGrad', (torch, { x, y, dy }, attrs) => {
  const { depthRadius, alpha, beta } = attrs;
  const norm = norms(torch, x, attrs);
  const direct = torch.call('mul.Tensor', dy, torch.call('pow.Tensor_Scalar', norm, -beta));
  const shared = neighbourhood(torch, torch.call('div.Tensor', torch.call('mul.Tensor', dy, y), norm), depthRadius);
  return torch.call('sub.Tensor', direct, torch.call('mul.Scalar', torch.call('mul.Tensor', x, shared), 2 * alpha * beta));
});
