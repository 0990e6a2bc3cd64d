import { batchNormTraining } from '../../src/ops/batch-norm.js';
import { roiAlign } from '../../src/ops/roi-align.js';
import { roiPool } from '../../src/ops/roi-pool.js';
import * as tf from '../../src/tf.js';
import { binaryCrossEntropy, crossEntropy, focalLoss, smoothL1 } from '../../src/trainer/models/losses.js';
import { randomOf } from '../../src/trainer/random.js';
import { onEachEngine } from '../engines/each-engine.js';

/** What the models are made of. `inputs` are the shapes that get a gradient; `run` may fix others. */
interface Case {
  readonly name: string;
  readonly inputs: readonly (readonly number[])[];
  run(...inputs: tf.Tensor[]): tf.Tensor;
  /** Backends whose kernel is wrong and not ours to mend, and how it is wrong. */
  readonly wrongOn?: Readonly<Record<string, string>>;
}

const as4D = (x: tf.Tensor | undefined) => x as tf.Tensor4D;
const convolution = (size: number, stride: number, side: number, [from, to]: [number, number] = [3, 4]): Case => ({
  name: `conv2d ${size}x${size} of stride ${stride} on ${side}x${side + 1}`,
  inputs: [
    [2, side, side + 1, from],
    [size, size, from, to],
  ],
  run: (x, filter) => tf.conv2d(as4D(x), as4D(filter), stride, 'same'),
});
const product = (transposeA: boolean, transposeB: boolean): Case => ({
  name: `matMul${transposeA ? ', first transposed' : ''}${transposeB ? ', second transposed' : ''}`,
  inputs: [transposeA ? [5, 3] : [3, 5], transposeB ? [4, 5] : [5, 4]],
  run: (a, b) => tf.matMul(a!, b!, transposeA, transposeB),
});
const norm = (relu: boolean): Case => ({
  name: `batchNormTraining${relu ? ' with ReLU' : ''}`,
  inputs: [[2, 3, 4, 3], [3], [3]],
  run: (x, scale, offset) => batchNormTraining(as4D(x), scale as tf.Tensor1D, offset as tf.Tensor1D, { epsilon: 1e-3, relu }).y,
});
const boxes = () =>
  tf.tensor2d([
    [1, 2, 7, 9],
    [-3, -2, 4, 5],
    [6, 6, 14, 13],
  ]);
const pictures = () => tf.tensor1d([0, 1, 0], 'int32');
const bits = (count: number) =>
  tf.tensor1d(
    Array.from({ length: count }, (_, i) => i % 2),
    'float32',
  );

const cases: readonly Case[] = [
  convolution(1, 1, 5),
  convolution(1, 2, 5),
  convolution(3, 1, 5),
  convolution(3, 2, 5),
  convolution(3, 2, 6),
  convolution(6, 4, 8),
  convolution(7, 2, 8, [3, 2]),
  product(false, false),
  product(true, false),
  product(false, true),
  product(true, true),
  norm(false),
  norm(true),
  { name: 'relu', inputs: [[4, 9]], run: (x) => tf.relu(x!) },
  { name: 'maxPool 3x3 of stride 2', inputs: [[2, 5, 6, 2]], run: (x) => tf.maxPool(as4D(x), 3, 2, 'same') },
  { name: 'maxPool 1x1 of stride 2', inputs: [[1, 5, 6, 2]], run: (x) => tf.maxPool(as4D(x), 1, 2, 'same') },
  {
    name: 'roiAlign',
    inputs: [[2, 5, 6, 2]],
    run: (x) => roiAlign(as4D(x), boxes(), pictures(), { size: 2, scale: 0.5, samples: 2 }),
  },
  { name: 'roiPool', inputs: [[2, 5, 6, 2]], run: (x) => roiPool(as4D(x), boxes(), pictures(), { size: 2, scale: 0.5 }) },
  { name: 'gather', inputs: [[6, 3]], run: (x) => tf.gather(x!, tf.tensor1d([4, 0, 4, 5], 'int32')) },
  { name: 'resizeNearestNeighbor of one picture', inputs: [[1, 3, 4, 2]], run: (x) => tf.image.resizeNearestNeighbor(as4D(x), [5, 8]) },
  {
    name: 'resizeNearestNeighbor',
    inputs: [[2, 3, 4, 2]],
    run: (x) => tf.image.resizeNearestNeighbor(as4D(x), [5, 8]),
    wrongOn: { cpu: "its gradient looks for the second picture where the smaller map's would begin" },
  },
  { name: 'add, a bias to every cell', inputs: [[2, 3, 4, 3], [3]], run: (x, bias) => tf.add(x!, bias!) },
  {
    name: 'concat',
    inputs: [
      [2, 3],
      [1, 3],
      [4, 3],
    ],
    run: (...parts) => tf.concat(parts, 0),
  },
  {
    name: 'concat along the second axis',
    inputs: [
      [2, 3, 2],
      [2, 1, 2],
    ],
    run: (...parts) => tf.concat(parts, 1),
  },
  { name: 'slice', inputs: [[5, 4]], run: (x) => tf.slice(x!, [1, 2], [3, 2]) },
  { name: 'reshape', inputs: [[4, 6]], run: (x) => tf.reshape(x!, [2, 12]) },
  { name: 'addN', inputs: [[3], [3], [3]], run: (...terms) => tf.addN(terms) },
  {
    name: 'layer norm',
    inputs: [[4, 6], [6], [6]],
    run(x, scale, offset) {
      const { mean, variance } = tf.moments(x!, 1, true);
      return tf.add(tf.mul(tf.mul(tf.sub(x!, mean), tf.rsqrt(tf.add(variance, 1e-3))), scale!), offset!);
    },
  },
  { name: 'logSoftmax', inputs: [[4, 5]], run: (x) => tf.logSoftmax(x!) },
  { name: 'softmax', inputs: [[4, 5]], run: (x) => tf.softmax(x!) },
  { name: 'softplus', inputs: [[9]], run: (x) => tf.softplus(x!) },
  { name: 'cross-entropy', inputs: [[4, 5]], run: (x) => crossEntropy(x as tf.Tensor2D, tf.tensor1d([0, 4, 2, 2], 'int32')) },
  { name: 'binary cross-entropy', inputs: [[12]], run: (x) => binaryCrossEntropy(x as tf.Tensor1D, bits(12)) },
  {
    name: 'focal loss',
    inputs: [[12]],
    run: (x) => focalLoss(x as tf.Tensor1D, bits(12), tf.ones([12]) as tf.Tensor1D, { alpha: 0.25, gamma: 2 }),
  },
  { name: 'smooth L1', inputs: [[5, 4]], run: (x) => smoothL1(x!, tf.zeros([5, 4]), 1, tf.tensor2d([1, 2, 0.5, 1, 3], [5, 1])) },
];

/**
 * Values so far from each other, and from the whole numbers where some functions have a corner, that a shift of `shift` changes neither
 * which of two is larger nor the side of a corner that one is on.
 */
function spread(shape: readonly number[], which: number): Float32Array {
  const count = tf.util.sizeFromShape([...shape]);
  const random = randomOf(17 + which);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return Float32Array.from(order, (place) => {
    const value = ((place + 0.5) / count) * 3.9 - 1.95;
    const corner = Math.round(value);
    return Math.abs(value - corner) < 2 * shift ? corner + 2 * shift * (value < corner ? -1 : 1) : value;
  });
}
const shift = 4e-3;

for (const { name, inputs, run, wrongOn } of cases) {
  onEachEngine(`${name}: the gradient is that of finite differences`, (t, engine) => {
    if (wrongOn?.[engine]) {
      t.comment(`left out: ${wrongOn[engine]}`);
      return;
    }
    const before = tf.memory().numTensors;
    const values = inputs.map(spread);
    const tensors = (by: number, directions?: readonly Float32Array[]) =>
      values.map((each, k) => tf.tensor(directions ? each.map((value, i) => value + by * directions[k]![i]!) : each, [...inputs[k]!]));
    const output = (by: number, directions: readonly Float32Array[]) =>
      tf.tidy(() => run(...tensors(by, directions)).dataSync() as Float32Array);
    const [gradients, dy] = tf.tidy(() => {
      const xs = tensors(0);
      const shape = run(...xs).shape;
      const weights = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.cos(i * 0.9));
      const made = tf.grads((...each: tf.Tensor[]) => run(...each))(xs, tf.tensor(weights, shape));
      return [made.map((gradient) => gradient.dataSync() as Float32Array), weights] as unknown as tf.Tensor[];
    }) as unknown as [Float32Array[], Float32Array];
    const random = randomOf(5);
    for (let trial = 0; trial < 8; trial++) {
      // All values at once this or that way, then one input alone, so that no error hides behind another's size.
      const alone = trial < 4 ? undefined : trial % inputs.length;
      const directions = values.map((each, k) => each.map(() => (alone === undefined || alone === k ? (random.next() < 0.5 ? -1 : 1) : 0)));
      const [above, below] = [output(shift, directions), output(-shift, directions)];
      const numeric = dy.reduce((sum, weight, i) => sum + weight * (above[i]! - below[i]!), 0) / (2 * shift);
      const exact = gradients.reduce((sum, gradient, k) => gradient.reduce((part, g, i) => part + g * directions[k]![i]!, sum), 0);
      t.ok(Math.abs(numeric - exact) < 5e-3 * Math.max(1, Math.abs(exact)), `direction ${trial}: ${numeric} and ${exact}`);
    }
    t.equal(tf.memory().numTensors, before, 'no tensor is left behind');
  });
}
