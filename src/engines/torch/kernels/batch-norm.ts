import type { FusedBatchNormAttrs, FusedBatchNormInputs } from '../../../tf.js';
import type { TorchBackend } from '../backend.js';
import type { Handle } from '../binding.js';
import { channelsFirst, channelsLast } from '../images.js';
import { kernel, type Operands } from '../kernel.js';

/** With a mean and a variance that are known: one of each per channel, or of any shape that broadcasts. */
export const fusedBatchNorm = kernel<FusedBatchNormInputs, FusedBatchNormAttrs>(
  'FusedBatchNorm',
  (torch, { x, scale, offset, mean, variance }, { varianceEpsilon = 0.001 }) => {
    const given = { x, scale, offset, mean, variance };
    const perChannel = [scale, offset, mean, variance].every(
      (part) => !part || (part.shape.length === 1 && part.shape[0] === x.shape.at(-1)),
    );
    if (x.shape.length !== 4 || !perChannel) return byFormula(torch, given, varianceEpsilon);
    const image = channelsFirst(torch, x);
    const [y] = torch.callForMany('native_batch_norm', image, scale, offset, mean, variance, false, 0, varianceEpsilon);
    return channelsLast(torch, y!);
  },
);

function byFormula(torch: TorchBackend, { x, scale, offset, mean, variance }: Operands<FusedBatchNormInputs>, epsilon: number): Handle {
  const inverse = torch.call('rsqrt', torch.call('add.Scalar', variance, epsilon));
  const factor = scale ? torch.call('mul.Tensor', inverse, scale) : inverse;
  const normal = torch.call('mul.Tensor', torch.call('sub.Tensor', x, mean), factor);
  return offset ? torch.call('add.Tensor', normal, offset) : normal;
}
