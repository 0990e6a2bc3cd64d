import type { BatchNormOptions } from '../../../ops/batch-norm.js';
import { type KernelConfig, type TensorInfo, tensor1d } from '../../../tf.js';
import { attributesOf, type TensorFlowBackend } from '../raw-op.js';

const normAttributes = ({ binding }: TensorFlowBackend, epsilon: number) => {
  const a = attributesOf(binding);
  return [
    a.type('T', binding.TF_FLOAT),
    a.type('U', binding.TF_FLOAT),
    a.float('epsilon', epsilon),
    a.text('data_format', 'NHWC'),
    a.bool('is_training', true),
  ];
};
const floatAttribute = ({ binding }: TensorFlowBackend) => [attributesOf(binding).type('T', binding.TF_FLOAT)];

/** `FusedBatchNormV3`, then `Relu`: two passes over the map in place of nine. */
export const batchNormTrainingKernel: KernelConfig = {
  kernelName: 'BatchNormTraining',
  backendName: 'tensorflow',
  kernelFunc({ inputs, attrs, backend: given }) {
    const backend = given as TensorFlowBackend;
    const { x, scale, offset } = inputs as Record<'x' | 'scale' | 'offset', TensorInfo>;
    const { epsilon, relu } = attrs as unknown as BatchNormOptions;
    const none = tensor1d([], 'float32');
    const [normal, mean, variance, first, second, third] = backend.executeMultipleOutputs(
      'FusedBatchNormV3',
      normAttributes(backend, epsilon),
      [x, scale, offset, none, none],
      6,
    ) as [TensorInfo, TensorInfo, TensorInfo, TensorInfo, TensorInfo, TensorInfo];
    none.dispose();
    backend.disposeData(third.dataId);
    if (!relu) return [normal, mean, variance, first, second];
    const [y] = backend.executeMultipleOutputs('Relu', floatAttribute(backend), [normal], 1) as [TensorInfo];
    backend.disposeData(normal.dataId);
    return [y, mean, variance, first, second];
  },
};

/** `ReluGrad`, then `FusedBatchNormGradV3`. */
export const batchNormTrainingGradKernel: KernelConfig = {
  kernelName: 'BatchNormTrainingGrad',
  backendName: 'tensorflow',
  kernelFunc({ inputs, attrs, backend: given }) {
    const backend = given as TensorFlowBackend;
    const { dy, x, scale, y, first, second } = inputs as Record<'dy' | 'x' | 'scale' | 'y' | 'first' | 'second', TensorInfo>;
    const { epsilon, relu } = attrs as unknown as BatchNormOptions;
    const [flowing] = (relu ? backend.executeMultipleOutputs('ReluGrad', floatAttribute(backend), [dy, y], 1) : [dy]) as [TensorInfo];
    const none = tensor1d([], 'float32');
    const [dx, dScale, dOffset, fourth, fifth] = backend.executeMultipleOutputs(
      'FusedBatchNormGradV3',
      normAttributes(backend, epsilon),
      [flowing, x, scale, first, second, none],
      5,
    ) as [TensorInfo, TensorInfo, TensorInfo, TensorInfo, TensorInfo];
    none.dispose();
    for (const unused of relu ? [flowing, fourth, fifth] : [fourth, fifth]) backend.disposeData(unused.dataId);
    return [dx, dScale, dOffset];
  },
};
