import type { BatchNormOptions } from '../../../ops/batch-norm.js';
import { channelsFirst, channelsLast } from '../images.js';
import { kernel } from '../kernel.js';

/** Answers y, mean, variance, and for the gradient the mean and the inverse deviation as libtorch keeps them. */
export const batchNormTraining = kernel<{ x: unknown; scale: unknown; offset: unknown }, BatchNormOptions>(
  'BatchNormTraining',
  (torch, { x, scale, offset }, { epsilon, relu }) => {
    const image = channelsFirst(torch, x);
    const [y, mean, inverse] = torch.callForMany('native_batch_norm', image, scale, offset, undefined, undefined, true, 0, epsilon);
    const variance = torch.call('sub.Scalar', torch.call('pow.Tensor_Scalar', inverse!, -2), epsilon);
    if (relu) torch.call('relu_', y!);
    return [channelsLast(torch, y!), mean!, variance, torch.call('alias', mean!), inverse!];
  },
);

type Inputs = Record<'dy' | 'x' | 'scale' | 'y' | 'first' | 'second', unknown>;

/** Answers the gradients with respect to x, scale and offset. */
export const batchNormTrainingGrad = kernel<Inputs, BatchNormOptions>(
  'BatchNormTrainingGrad',
  (torch, { dy, x, scale, y, first, second }, { epsilon, relu }) => {
    // libtorch wants both in one type, and with bf16 a map is stored in it while its gradient may come as float32.
    const alike = torch.call('type_as', dy, x);
    const flowing = channelsFirst(torch, relu ? torch.call('threshold_backward', alike, y, 0) : alike);
    const [dx, dScale, dOffset] = torch.callForMany(
      'native_batch_norm_backward',
      flowing,
      channelsFirst(torch, x),
      scale,
      undefined,
      undefined,
      first,
      second,
      true,
      epsilon,
      [true, true, true],
    );
    return [channelsLast(torch, dx!), dScale!, dOffset!];
  },
);
