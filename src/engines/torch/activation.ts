import type { backend_util } from '../../tf.js';
import type { TorchBackend } from './backend.js';
import type { Handle } from './binding.js';
import type { Operand } from './kernel.js';

export interface Activating {
  readonly activation?: backend_util.Activation | null;
  readonly leakyreluAlpha?: number;
}

/** Applies the activation of a fused kernel to what it has just made, in place where libtorch can. */
export function activate(
  torch: TorchBackend,
  made: Handle,
  { activation, leakyreluAlpha = 0.2 }: Activating,
  alpha?: Operand | Handle,
): Handle {
  switch (activation) {
    case undefined:
    case null:
    case 'linear':
      return made;
    case 'relu':
      return torch.call('relu_', made);
    case 'relu6':
      return torch.call('clamp_', made, 0, 6);
    case 'elu':
      return torch.call('elu_', made);
    case 'sigmoid':
      return torch.call('sigmoid_', made);
    case 'leakyrelu':
      return torch.call('leaky_relu_', made, leakyreluAlpha);
    case 'prelu':
      return torch.call('where.self', torch.call('lt.Scalar', made, 0), torch.call('mul.Tensor', made, alpha), made);
    default:
      throw new Error(`the activation \`${activation as string}\` is not known`);
  }
}
