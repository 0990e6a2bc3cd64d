import { cast, type KernelConfig, type Tensor, type TensorInfo } from '../../../tf.js';
import { attribute, runRaw } from '../raw-op.js';

/** `ReluGrad`: one pass in place of a comparison, a cast and a product. */
export const reluGradKernel: KernelConfig = {
  kernelName: 'ReluGrad',
  backendName: 'tensorflow',
  kernelFunc({ inputs }) {
    const { dy, y } = inputs as { dy: TensorInfo; y: TensorInfo };
    // A ReLU of integers gives integers, and its gradient is a float all the same.
    const feature = y.dtype === 'float32' ? y : cast(y as Tensor, 'float32');
    const [dx] = runRaw('ReluGrad', [attribute.type('T', 'float32')], [dy, feature], 1) as [Tensor];
    if (feature !== y) (feature as Tensor).dispose();
    return dx;
  },
};
