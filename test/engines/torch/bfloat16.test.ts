import t from 'tap';
import { batchNormTraining } from '../../../src/ops/batch-norm.js';
import { ops } from '../../../src/ops/index.js';
import { registerOps } from '../../../src/ops/op.js';
import { addAlike, addBias } from '../../../src/ops/plain-sums.js';
import { roiAlign } from '../../../src/ops/roi-align.js';
import * as tf from '../../../src/tf.js';
import { randomOf } from '../../../src/trainer/random.js';
import { distanceOf, errorOf } from './against-cpu.js';
import { installed } from './installed.js';

// The precision is a process's own, so these are not in kernels.test.ts.
const { addon, skip } = installed();
if (addon) {
  const { loadTorch, registerTorch } = await import('../../../src/engines/torch/load.js');
  registerTorch(loadTorch(addon, { device: 'cpu' }), { precision: 'bf16' });
  registerOps(ops, 'torch');
  registerOps(ops, 'cpu');
}

/** bfloat16 keeps eight bits of a number: a few roundings one after the other. */
const tolerance = 0.04;
const noise = (shape: number[], seed: number, deviation = 1) => {
  const random = randomOf(seed);
  return tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => deviation * random.normal()),
    shape,
  );
};
const picture = () => noise([2, 12, 10, 8], 1) as tf.Tensor4D;
const filter = (seed: number) => noise([3, 3, 8, 8], seed, 0.1) as tf.Tensor4D;
const ones = () => tf.ones([8]) as tf.Tensor1D;

t.test('a convolution, its norm and their gradients, whichever of them is stored in bfloat16', { skip }, async (t) => {
  for (const relu of [false, true]) {
    const unit = (x: tf.Tensor, w: tf.Tensor, scale: tf.Tensor) =>
      batchNormTraining(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'), scale as tf.Tensor1D, tf.zeros([8]), {
        epsilon: 1e-5,
        relu,
      }).y;
    // Weighed at random: a norm takes out of a gradient whatever is linear in its output.
    const loss = (x: tf.Tensor, w: tf.Tensor, scale: tf.Tensor) =>
      tf.mean(tf.mul(unit(x, w, scale), noise([2, 12, 10, 8], 4))) as tf.Scalar;
    t.ok((await errorOf(() => unit(picture(), filter(2), ones()))) < tolerance, `forward, relu ${relu}`);
    const gradients = await distanceOf(() => tf.grads(loss)([picture(), filter(2), ones()]));
    t.ok(gradients < 3 * tolerance, `gradients, relu ${relu}: off by ${gradients}`);
  }
});

t.test('two convolutions after one another, added, pooled and taken apart by boxes', { skip }, async (t) => {
  const network = () => {
    const first = tf.relu(tf.conv2d(picture(), filter(2), 1, 'same'));
    const second = tf.add(first, tf.conv2d(first as tf.Tensor4D, filter(3), 1, 'same')) as tf.Tensor4D;
    const pooled = tf.maxPool(second, 2, 2, 'same');
    const boxes = tf.tensor2d(
      [
        [1, 1, 18, 17],
        [4, 2, 14, 20],
      ],
      [2, 4],
    );
    return roiAlign(pooled, boxes, tf.tensor1d([0, 1], 'int32'), { size: 3, scale: 0.25, samples: 2 });
  };
  t.ok((await errorOf(network)) < tolerance);
});

// What is pooled here is stored as float32, and the gradient that comes back from the convolution as bfloat16; and the other way round.
const poolings: Record<string, (x: tf.Tensor4D) => tf.Tensor4D> = {
  'max pooling': (x) => tf.maxPool(x, 3, 2, 'same'),
  'max pooling of single cells': (x) => tf.maxPool(x, 1, 2, 'same'),
  'average pooling': (x) => tf.avgPool(x, 3, 2, 'valid'),
  ReLU: (x) => tf.relu(x),
  'a sum with a bias': (x) => addBias(x, ones()),
  'a sum with itself': (x) => addAlike(x, x),
};
for (const [name, pool] of Object.entries(poolings)) {
  t.test(`the gradient of ${name} between tensors of two precisions`, { skip }, async (t) => {
    const before = (x: tf.Tensor) => tf.sum(tf.square(tf.conv2d(pool(x as tf.Tensor4D), filter(3), 1, 'same'))) as tf.Scalar;
    const after = (x: tf.Tensor) => tf.sum(tf.square(pool(tf.conv2d(x as tf.Tensor4D, filter(3), 1, 'same')))) as tf.Scalar;
    for (const network of [before, after]) {
      const error = await distanceOf(() => [tf.grad(network)(picture())]);
      t.ok(error < 3 * tolerance, `off by ${error}`);
    }
  });
}

t.test('products are rounded, and what is read is float32', { skip }, async (t) => {
  const product = () => tf.matMul(noise([6, 40], 1), noise([40, 5], 2));
  const error = await errorOf(product);
  t.ok(error < tolerance, `off by ${error}`);
  t.ok(error > 1e-6, 'it did multiply in bfloat16');
});
