import t from 'tap';
import { choosePrecision } from '../../../src/engines/precision.js';
import { engineSettings } from '../../../src/engines/settings.js';
import { tensorflowEngine } from '../../../src/engines/tensorflow/engine.js';
import { batchNormTraining, batchNormTrainingGradOp, batchNormTrainingOp } from '../../../src/ops/batch-norm.js';
import { roiAlign, roiAlignGradOp, roiAlignOp } from '../../../src/ops/roi-align.js';
import * as tf from '../../../src/tf.js';

const engine = tensorflowEngine(engineSettings({ ...process.env, GPU_SETUP_PRECISION: 'bfloat16' }));
const status = await engine.status();
const skip = status.available ? false : `the engine \`tensorflow\` is not installed: ${status.detail}`;
if (status.available) await engine.activate();

const wave = (shape: number[], step: number) =>
  tf.tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * step) * 2),
    shape,
  );
const worst = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;

t.test('RoIAlign and its gradient are those of the reference', { skip }, async (t) => {
  const options = { size: 7, scale: 1 / 8, samples: 2 };
  const features = wave([2, 12, 15, 3], 0.37) as tf.Tensor4D;
  const boxes = tf.tensor2d([
    [0, 0, 50, 40],
    [-10, -20, 60, 30],
    [10.5, 20.2, 90, 88],
    [100, 80, 119, 95],
    [20, 20, 140, 120],
  ]);
  const boxIndices = tf.tensor1d([0, 1, 0, 1, 0], 'int32');
  const [expected] = roiAlignOp.reference({ features, boxes, boxIndices }, options);
  t.ok(worst(roiAlign(features, boxes, boxIndices, options), expected!) < 1e-5);
  const dy = wave([5, 7, 7, 3], 0.11);
  const gradient = tf.grad((x) => roiAlign(x as tf.Tensor4D, boxes, boxIndices, options))(features, dy);
  const [expectedGradient] = roiAlignGradOp.reference({ dy, boxes, boxIndices }, { ...options, featuresShape: features.shape });
  t.ok(worst(gradient, expectedGradient!) < 1e-4);
});

for (const relu of [true, false]) {
  t.test(`batch norm ${relu ? 'with' : 'without'} ReLU and its gradients are those of the reference`, { skip }, async (t) => {
    const options = { epsilon: 1e-5, relu };
    const x = wave([4, 6, 5, 8], 0.7) as tf.Tensor4D;
    const scale = wave([8], 0.9) as tf.Tensor1D;
    const offset = wave([8], 1.3) as tf.Tensor1D;
    const expected = batchNormTrainingOp.reference({ x, scale, offset }, options);
    const made = batchNormTraining(x, scale, offset, options);
    t.ok(worst(made.y, expected[0]!) < 1e-4);
    t.ok(worst(made.mean, expected[1]!) < 1e-5);
    const dy = wave([4, 6, 5, 8], 0.23);
    const gradients = tf.grads((a, b, c) => batchNormTraining(a as tf.Tensor4D, b as tf.Tensor1D, c as tf.Tensor1D, options).y)(
      [x, scale, offset],
      dy,
    );
    const inputs = { dy, x, scale, first: expected[3]!, second: expected[4]!, gate: expected[5]! };
    for (const [i, gradient] of batchNormTrainingGradOp.reference(inputs, options).entries()) {
      t.ok(worst(gradients[i]!, gradient) < 1e-3, `gradient ${i}`);
    }
  });
}

t.test('bfloat16 products stay within 1 % of float32, and leave no tensor behind', { skip }, async (t) => {
  const x = wave([2, 9, 10, 16], 0.37) as tf.Tensor4D;
  const filter = wave([3, 3, 16, 8], 0.71) as tf.Tensor4D;
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const run = (a: tf.Tensor, b: tf.Tensor) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 2, 'same');
    const y = run(x, filter);
    // The same convolution as a product of float32 patches in JavaScript.
    const [plain, weights, made] = [x.arraySync(), filter.arraySync(), y.arraySync()];
    let [error, size] = [0, 0];
    for (const [i, row] of made[0]!.entries()) {
      for (const [j, cell] of row.entries()) {
        for (const [k, value] of cell.entries()) {
          let sum = 0;
          for (let di = 0; di < 3; di++) {
            for (let dj = 0; dj < 3; dj++) {
              // 9 rows: one of padding on each side; 10 columns: none at the left.
              const place = plain[0]![2 * i + di - 1]?.[2 * j + dj];
              if (place) for (let c = 0; c < 16; c++) sum += place[c]! * weights[di]![dj]![c]![k]!;
            }
          }
          error = Math.max(error, Math.abs(sum - value));
          size = Math.max(size, Math.abs(sum));
        }
      }
    }
    t.ok(error < 0.01 * size, `${error} of ${size}`);
    t.ok(error > 1e-5 * size, 'it is bfloat16 that is looked at');
    const [a, b] = [wave([20, 30], 0.3) as tf.Tensor2D, wave([30, 10], 0.7) as tf.Tensor2D];
    const exact = a
      .arraySync()
      .map((row) => Array.from({ length: 10 }, (_, k) => row.reduce((sum, v, c) => sum + v * b.arraySync()[c]![k]!, 0)));
    t.ok(worst(tf.matMul(a, b), tf.tensor2d(exact)) < 0.01 * 60);
    for (const gradient of tf.grads(run)([x, filter])) t.ok(Number.isFinite(tf.sum(gradient).dataSync()[0]!));
  });
  t.equal(tf.memory().numTensors, before);
});

t.test('bfloat16 is for processors that multiply it, unless somebody says otherwise', async (t) => {
  const flags = (...names: string[]) => `processor : 0\nflags\t\t: fpu sse ${names.join(' ')} avx2\n`;
  t.equal(choosePrecision(undefined, false, flags('avx512_bf16')), 'bf16');
  t.equal(choosePrecision(undefined, false, flags('amx_bf16')), 'bf16');
  t.equal(choosePrecision(undefined, false, flags('avx512f')), 'fp32');
  t.equal(choosePrecision(undefined, true, flags('avx512_bf16')), 'tf32', 'a GPU has its own ways');
  t.equal(choosePrecision('fp32', false, flags('avx512_bf16')), 'fp32');
  t.equal(choosePrecision(undefined, false, ''), 'fp32');
});
