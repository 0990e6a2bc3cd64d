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

t.test('pooling of a map that is stored in bfloat16, where the gradient that comes in is float32', { skip }, async (t) => {
  const map = () => tf.conv2d(picture(), filter(2), 1, 'same');
  for (const pool of [tf.maxPool, tf.avgPool])
    for (const [size, stride, pad] of [
      [2, 2, 'valid'],
      [3, 1, 'valid'],
      [2, 1, 'same'],
    ] as const) {
      // The plain backend's gradient of an average over the padding is none, and maxima of rounded numbers may be others.
      await tf.setBackend('torch');
      const [there, back] = tf.tidy(() => {
        const x = map();
        const along = (given: tf.Tensor) => {
          const pooled = pool(given as tf.Tensor4D, size, stride, pad);
          return tf.sum(tf.mul(pooled, noise(pooled.shape, 7))) as tf.Scalar;
        };
        return [along(x).dataSync()[0]!, tf.sum(tf.mul(tf.grad(along)(x), x)).dataSync()[0]!];
      }) as [number, number] & tf.TensorContainer;
      t.ok(Math.abs(there - back) < tolerance * 10, `${pool.name} ${size}/${stride} ${pad}: ${there}, ${back}`);
    }
});

t.test('what follows a convolution, whose map is stored in bfloat16', { skip }, async (t) => {
  const map = () => tf.conv2d(picture(), filter(2), 1, 'same');
  const of8 = (seed: number) => noise([8], seed) as tf.Tensor1D;
  for (const [name, next] of Object.entries<(x: tf.Tensor4D) => tf.Tensor>({
    'batch norm': (x) => tf.batchNorm(x, of8(3), tf.abs(of8(4)), of8(5), of8(6)),
    'depthwise convolution': (x) => tf.depthwiseConv2d(x, noise([3, 3, 8, 2], 7) as tf.Tensor4D, 1, 'same'),
    crop: (x) => tf.image.cropAndResize(x, tf.tensor2d([0, 0, 0.8, 0.9], [1, 4]), tf.tensor1d([1], 'int32'), [3, 4]),
    stack: (x) => tf.stack([x, noise(x.shape, 8)]),
    scatter: (x) => tf.scatterND(tf.tensor2d([2, 0], [2, 1], 'int32'), x, [3, 12, 10, 8]),
    update: (x) => tf.tensorScatterUpdate(x, tf.tensor2d([1], [1, 1], 'int32'), noise([1, 12, 10, 8], 9)),
    'gather in depth': (x) => tf.gatherND(x, tf.tensor2d([0, 1], [1, 2], 'int32')),
    equation: (x) => tf.einsum('bhwc,cd->bhwd', x, noise([8, 3], 10)),
    'local response': (x) => tf.localResponseNormalization(x),
    cumsum: (x) => tf.cumsum(x, 1),
    'steps back': (x) => tf.stridedSlice(x, [1, 11, 9, 7], [0, 0, 0, 0], [-1, -2, -3, -1]),
    topk: (x) => tf.topk(x, 3).values,
    complex: (x) => tf.abs(tf.complex(x, x)),
  })) {
    const error = await distanceOf(() => next(map()));
    t.ok(error < tolerance, `${name}: off by ${error}`);
  }
});

t.test('products are rounded, and what is read is float32', { skip }, async (t) => {
  const product = () => tf.matMul(noise([6, 40], 1), noise([40, 5], 2));
  const error = await errorOf(product);
  t.ok(error < tolerance, `off by ${error}`);
  t.ok(error > 1e-6, 'it did multiply in bfloat16');
});
