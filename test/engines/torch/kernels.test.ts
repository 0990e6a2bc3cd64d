import fc from 'fast-check';
import t from 'tap';
import { batchNormTraining } from '../../../src/ops/batch-norm.js';
import { ops } from '../../../src/ops/index.js';
import { registerOps } from '../../../src/ops/op.js';
import { roiAlign } from '../../../src/ops/roi-align.js';
import * as tf from '../../../src/tf.js';
import { errorOf, values } from './against-cpu.js';
import { installed } from './installed.js';

const { addon, skip } = installed();
if (addon) {
  const { loadTorch, registerTorch } = await import('../../../src/engines/torch/load.js');
  registerTorch(loadTorch(addon, { device: 'cpu' }));
  registerOps(ops, 'torch');
  registerOps(ops, 'cpu');
}

type Shape4 = [number, number, number, number];
const image = (shape: Shape4, seed = 1) => tf.tensor4d(values(tf.util.sizeFromShape(shape), seed), shape);
const side = fc.integer({ min: 1, max: 9 });
const few = fc.integer({ min: 1, max: 3 });

t.test('convolutions and their gradients', { skip }, async (t) => {
  const drawn = fc
    .record({
      x: fc.tuple(few, side, side, side),
      filter: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), side),
      strides: fc.tuple(few, few),
      pad: fc.oneof(fc.constantFrom('same' as const, 'valid' as const), fc.integer({ min: 0, max: 3 })),
    })
    .filter(({ x: [, h, w], filter: [kh, kw], strides: [sh, sw], pad }) => {
      const spare = typeof pad === 'number' ? 2 * pad : 0;
      // With a number for padding, TensorFlow.js takes only strides that fit, and reckons the width with the filter's height.
      const fits = kh === kw && sh === sw && (h + spare - kh) % sh === 0 && (w + spare - kw) % sw === 0;
      return pad === 'same' || (h + spare >= kh && w + spare >= kw && (pad === 'valid' || fits));
    });
  await fc.assert(
    fc.asyncProperty(drawn, async ({ x, filter: [kh, kw, out], strides, pad }) => {
      const error = await errorOf(() => {
        const convolve = (x: tf.Tensor, filter: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad);
        const given = [image(x), image([kh, kw, x[3], out], 2)] as const;
        const y = convolve(...given);
        return [y, ...tf.grads(convolve)([...given], image(y.shape, 3))];
      });
      return error < 1e-4;
    }),
    { numRuns: 60 },
  );
  t.pass('all that were drawn');
});

t.test('filters of one cell and strides that differ, again and again: oneDNN would spoil the heap', { skip }, async (t) => {
  for (const shape of [
    [3, 8, 8, 5],
    [2, 6, 7, 8],
  ] as Shape4[])
    for (const strides of [
      [1, 2],
      [3, 1],
      [2, 3],
    ] as [number, number][])
      for (const pad of ['same', 'valid'] as const) {
        const convolve = (x: tf.Tensor, filter: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad);
        const given = () => [image(shape), image([1, 1, shape[3], 6], 2)] as const;
        const y = () => convolve(...given());
        const error = await errorOf(() => [y(), ...tf.grads(convolve)([...given()], image(y().shape, 3))]);
        t.ok(error < 1e-4, `[${shape}] /${strides} ${pad}: off by ${error}`);
        await tf.setBackend('torch');
        for (let again = 0; again < 40; again++) tf.tidy(() => tf.grads(convolve)([...given()], image(y().shape, 3)));
      }
});

t.test('a picture of one channel, each row of which has one window', { skip }, async (t) => {
  for (const [shape, filter, strides, pad] of [
    [[2, 3, 5, 1], [1, 4, 1, 8], [1, 2], 'valid'],
    [[4, 3, 5, 1], [1, 4, 1, 16], [1, 2], 'valid'],
    [[3, 9, 3, 1], [1, 2, 1, 7], [1, 3], 'same'],
    [[2, 5, 1, 1], [2, 3, 1, 6], [1, 2], 'same'],
  ] as [Shape4, Shape4, [number, number], 'valid' | 'same'][])
    t.ok((await errorOf(() => tf.conv2d(image(shape), image(filter, 2), strides, pad))) < 1e-5, `[${shape}] [${filter}]`);
});

t.test('pooling and its gradients, with windows that overlap and ones that stick out', { skip }, async (t) => {
  for (const pool of [tf.maxPool, tf.avgPool])
    for (const [size, stride] of [
      [2, 2],
      [3, 2],
      [3, 1],
      [2, 3],
    ] as const)
      for (const pad of ['same', 'valid'] as const)
        for (const shape of [
          [2, 8, 7, 3],
          [1, 5, 6, 5],
        ] as Shape4[]) {
          const run = (x: tf.Tensor) => pool(x as tf.Tensor4D, size, stride, pad);
          const what = `${pool.name} ${size}/${stride} ${pad} [${shape}]`;
          t.ok((await errorOf(() => run(image(shape)))) < 1e-5, what);
          // Elsewhere the `cpu` backend divides by the whole window, padding too, which is no gradient of what it computes.
          if (pool === tf.maxPool || pad === 'valid')
            t.ok(
              (await errorOf(() =>
                tf.grad((x) =>
                  run(x)
                    .mul(image(run(x).shape, 4))
                    .sum(),
                )(image(shape)),
              )) < 1e-5,
              `gradient of ${what}`,
            );
        }
});

t.test('products of matrices, transposed or not, fused or not', { skip }, async (t) => {
  for (const [transposeA, transposeB] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const) {
    const a = () => tf.tensor(values(2 * 5 * 7), transposeA ? [2, 7, 5] : [2, 5, 7]);
    const b = () => tf.tensor(values(2 * 7 * 3, 2), transposeB ? [2, 3, 7] : [2, 7, 3]);
    t.ok((await errorOf(() => tf.matMul(a(), b(), transposeA, transposeB))) < 1e-6);
    const flat = (x: tf.Tensor) => x.slice([0], [1]).squeeze([0]) as tf.Tensor2D;
    t.ok(
      (await errorOf(() =>
        tf.fused.matMul({ a: flat(a()), b: flat(b()), transposeA, transposeB, bias: tf.tensor1d([1, -2, 3]), activation: 'relu' }),
      )) < 1e-6,
    );
  }
});

t.test('what reads tensors that are views', { skip }, async (t) => {
  const views: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    transposed: (x) => x.transpose([0, 2, 1, 3]),
    sliced: (x) => x.slice([0, 1, 0, 0], [2, 4, 5, 3]),
    'transposed, then reshaped': (x) => x.transpose([3, 1, 2, 0]).reshape([3, 10, 6]),
    'part of a split': (x) => tf.split(x, 3, 1)[1]!,
  };
  for (const [name, view] of Object.entries(views))
    for (const [what, run] of Object.entries<(x: tf.Tensor) => tf.Tensor>({
      read: (x) => x,
      add: (x) => x.add(1),
      sum: (x) => x.sum(1),
      max: (x) => x.max(-1),
      concat: (x) => tf.concat([x, x], 0),
      pad: (x) =>
        tf.pad(
          x,
          x.shape.map(() => [1, 2] as [number, number]),
          3,
        ),
      flatten: (x) => x.reshape([-1]),
      gather: (x) => tf.gather(x, tf.tensor1d([1, 0, 1], 'int32'), 1),
    }))
      t.ok((await errorOf(() => run(view(image([2, 6, 5, 3]))))) < 1e-5, `${what} of a tensor ${name}`);
});

t.test('a filter that a convolution has laid out anew still has its values, and so does what is made of it', { skip }, async (t) => {
  t.ok(
    (await errorOf(() => {
      const filter = image([3, 3, 4, 5], 2);
      const y = tf.conv2d(image([1, 6, 6, 4]), filter as tf.Tensor4D, 1, 'same');
      return [y, filter, filter.mul(2), filter.reshape([36, 5]), filter.sum([0, 1]), filter.slice([0, 0, 1, 1], [2, 2, 2, 2])];
    })) < 1e-5,
  );
});

t.test('resizing each way, and back', { skip }, async (t) => {
  for (const resize of [tf.image.resizeBilinear, tf.image.resizeNearestNeighbor])
    for (const [corners, centres] of [
      [false, false],
      [true, false],
      [false, true],
    ] as const)
      for (const size of [
        [4, 9],
        [12, 14],
        [1, 1],
      ] as [number, number][]) {
        const run = (x: tf.Tensor) => resize(x as tf.Tensor4D, size, corners, centres);
        t.ok((await errorOf(() => run(image([2, 6, 7, 3])))) < 1e-5, `${resize.name} to [${size}] ${corners} ${centres}`);
        // Not compared: the cpu backend's gradients exchange height and width, and leave places out (upstream's half pixels have none at
        // all). A gradient of a linear map is its transpose, which can be told without them.
        if (!centres) {
          await tf.setBackend('torch');
          const [there, back] = tf.tidy(() => {
            const x = image([2, 6, 7, 3]);
            const dy = image([2, ...size, 3], 4);
            const along = (given: tf.Tensor) => tf.sum(tf.mul(run(given), dy)) as tf.Scalar;
            return [along(x).dataSync()[0]!, tf.sum(tf.mul(tf.grad(along)(x), x)).dataSync()[0]!];
          });
          t.ok(Math.abs(there - back) < 1e-3, `gradient of ${resize.name} to [${size}] ${corners}: ${there}, ${back}`);
        }
      }
});

t.test('segments: a negative one is left out, a row that is gathered twice gets both gradients', { skip }, async (t) => {
  t.ok((await errorOf(() => tf.unsortedSegmentSum(tf.tensor2d(values(12), [4, 3]), tf.tensor1d([2, -1, 2, 0], 'int32'), 3))) < 1e-6);
  const gathered = (x: tf.Tensor) =>
    tf
      .gather(x, tf.tensor1d([1, 1, 0], 'int32'))
      .mul(tf.tensor2d(values(9, 3), [3, 3]))
      .sum();
  t.ok((await errorOf(() => tf.grad(gathered)(tf.tensor2d(values(12), [4, 3])))) < 1e-6);
});

t.test('batch normalisation in training and its gradients', { skip }, async (t) => {
  for (const relu of [false, true]) {
    const options = { epsilon: 1e-3, relu };
    const given = () => [image([2, 5, 6, 8]), tf.tensor1d(values(8, 2)), tf.tensor1d(values(8, 3))] as const;
    const normalised = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor) =>
      batchNormTraining(x as tf.Tensor4D, scale as tf.Tensor1D, offset as tf.Tensor1D, options);
    t.ok(
      (await errorOf(() => {
        const { y, mean, variance } = normalised(...given());
        return [y, mean, variance];
      })) < 1e-5,
    );
    const loss = (...parts: tf.Tensor[]) =>
      normalised(...(parts as [tf.Tensor, tf.Tensor, tf.Tensor]))
        .y.mul(image([2, 5, 6, 8], 5))
        .sum();
    t.ok((await errorOf(() => tf.grads(loss)([...given()]))) < 1e-4, 'gradients');
  }
});

t.test('RoIAlign and its gradient, also of boxes that reach over the edge', { skip }, async (t) => {
  const boxes = () => tf.tensor2d([0, 0, 20, 30, 5, 8, 40, 20, -10, -10, 60, 60, 3, 3, 4, 4], [4, 4]);
  const indices = () => tf.tensor1d([0, 1, 1, 0], 'int32');
  for (const samples of [1, 2, 3]) {
    const pool = (x: tf.Tensor) => roiAlign(x as tf.Tensor4D, boxes(), indices(), { size: 3, scale: 0.125, samples });
    t.ok((await errorOf(() => pool(image([2, 5, 6, 19])))) < 1e-5);
    t.ok(
      (await errorOf(() =>
        tf.grad((x) =>
          pool(x)
            .mul(image([4, 3, 3, 19], 4))
            .sum(),
        )(image([2, 5, 6, 19])),
      )) < 1e-5,
    );
  }
});
