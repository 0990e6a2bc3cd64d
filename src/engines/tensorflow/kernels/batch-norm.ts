import type { BatchNormOptions } from '../../../ops/batch-norm.js';
import { type KernelConfig, type Tensor, type TensorInfo, tensor1d } from '../../../tf.js';
import { attribute, runRaw } from '../raw-op.js';

const float = [attribute.type('T', 'float32')];
const norm = (epsilon: number) => [
  ...float,
  attribute.type('U', 'float32'),
  attribute.float('epsilon', epsilon),
  attribute.string('data_format', 'NHWC'),
  attribute.bool('is_training', true),
];

/** `FusedBatchNormV3`, then `Relu`: two passes over the map in place of nine. */
export const batchNormTrainingKernel: KernelConfig = {
  kernelName: 'BatchNormTraining',
  backendName: 'tensorflow',
  kernelFunc({ inputs, attrs }) {
    const { x, scale, offset } = inputs as Record<'x' | 'scale' | 'offset', TensorInfo>;
    const { epsilon, relu } = attrs as unknown as BatchNormOptions;
    const none = tensor1d([], 'float32');
    const [normal, mean, variance, first, second, third] = runRaw('FusedBatchNormV3', norm(epsilon), [x, scale, offset, none, none], 6) as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    none.dispose();
    third.dispose();
    if (!relu) return [normal, mean, variance, first, second, tensor1d([], 'float32')];
    const [y] = runRaw('Relu', float, [normal], 1) as [Tensor];
    normal.dispose();
    return [y, mean, variance, first, second, y.clone()];
  },
};

/** `ReluGrad`, then `FusedBatchNormGradV3`. */
export const batchNormTrainingGradKernel: KernelConfig = {
  kernelName: 'BatchNormTrainingGrad',
  backendName: 'tensorflow',
  kernelFunc({ inputs, attrs }) {
    const { dy, x, scale, first, second, gate } = inputs as Record<'dy' | 'x' | 'scale' | 'first' | 'second' | 'gate', TensorInfo>;
    const { epsilon, relu } = attrs as unknown as BatchNormOptions;
    const gated = relu ? runRaw('ReluGrad', float, [dy, gate], 1)[0]! : undefined;
    const none = tensor1d([], 'float32');
    const [dx, dScale, dOffset, fourth, fifth] = runRaw(
      'FusedBatchNormGradV3',
      norm(epsilon),
      [gated ?? dy, x, scale, first, second, none],
      5,
    ) as [Tensor, Tensor, Tensor, Tensor, Tensor];
    for (const unused of [none, gated, fourth, fifth]) unused?.dispose();
    return [dx, dScale, dOffset];
  },
};
