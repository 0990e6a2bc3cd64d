import type { BatchNormOptions } from '../../../ops/batch-norm.js';
import { channelsFirst, channelsLast, typedAs } from '../images.js';
import { kernel } from '../kernel.js';

/** Where y lies for the gradient of a ReLU: beside the inverse deviation. As an output of its own it would get zeros of its size for a gradient. */
const gateKey = 'batch norm gate';

/** Answers y, mean, variance, and for the gradient the mean and the inverse deviation as libtorch keeps them; nothing for the gate. */
export const batchNormTraining = kernel<{ x: unknown; scale: unknown; offset: unknown }, BatchNormOptions>(
  'BatchNormTraining',
  (torch, { x, scale, offset }, { epsilon, relu }) => {
    const image = channelsFirst(torch, x);
    const [y, mean, inverse] = torch.callForMany('native_batch_norm', image, scale, offset, undefined, undefined, true, 0, epsilon);
    const variance = torch.call('sub.Scalar', torch.call('pow.Tensor_Scalar', inverse!, -2), epsilon);
    if (relu) torch.call('relu_', y!);
    const made = channelsLast(torch, y!);
    const second = torch.adopt(inverse!);
    if (relu) torch.keepBeside(second.dataId, gateKey, torch.call('alias', made));
    return [made, mean!, variance, torch.call('alias', mean!), second, torch.full([0], 0, 'float32')];
  },
);

type Inputs = Record<'dy' | 'x' | 'scale' | 'first' | 'second' | 'gate', unknown>;

/** Answers the gradients with respect to x, scale and offset. */
export const batchNormTrainingGrad = kernel<Inputs, BatchNormOptions>(
  'BatchNormTrainingGrad',
  (torch, { dy, x, scale, first, second, gate }, { epsilon, relu }) => {
    const alike = typedAs(torch, dy, x);
    const flowing = channelsFirst(torch, relu ? torch.call('threshold_backward', alike, second.dataId.beside(gateKey) ?? gate, 0) : alike);
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
