import fc from 'fast-check';
import t from 'tap';
import * as tf from '../../../src/tf.js';
import { errorOf, values } from './against-cpu.js';
import { registered } from './registered.js';

const skip = await registered();

type Shape4 = [number, number, number, number];
const made = (shape: number[], seed = 1) => tf.tensor(values(tf.util.sizeFromShape(shape), seed), shape);
const image = (shape: Shape4, seed = 1) => made(shape, seed) as tf.Tensor4D;

/** What `compute` makes of `given`, and its gradients, weighed differently everywhere. */
function withGradients(compute: (...given: tf.Tensor[]) => tf.Tensor, given: tf.Tensor[]): tf.Tensor[] {
  const y = compute(...given);
  return [y, ...tf.grads(compute)(given, made(y.shape, 9))];
}

t.test('depthwise convolutions and their gradients', { skip }, async (t) => {
  const drawn = fc.record({
    x: fc.tuple(
      fc.integer({ min: 1, max: 2 }),
      fc.integer({ min: 3, max: 8 }),
      fc.integer({ min: 3, max: 8 }),
      fc.integer({ min: 1, max: 4 }),
    ),
    filter: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    stride: fc.integer({ min: 1, max: 2 }),
    pad: fc.constantFrom('same' as const, 'valid' as const),
  });
  await fc.assert(
    fc.asyncProperty(drawn, async ({ x, filter: [height, width, multiplier], stride, pad }) => {
      const convolve = (x: tf.Tensor, filter: tf.Tensor) => tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad);
      return (await errorOf(() => withGradients(convolve, [image(x), made([height, width, x[3], multiplier], 2)]))) < 1e-4;
    }),
    { numRuns: 40 },
  );
  for (const activation of ['linear', 'relu', 'prelu'] as const)
    t.ok(
      (await errorOf(() =>
        tf.fused.depthwiseConv2d({
          x: image([2, 6, 5, 3]),
          filter: image([3, 3, 3, 2], 2),
          strides: 1,
          pad: 'same',
          dilations: activation === 'linear' ? 2 : 1,
          bias: made([6], 3),
          activation,
          ...(activation === 'prelu' ? { preluActivationWeights: made([6], 4) } : {}),
        }),
      )) < 1e-5,
      activation,
    );
  const [there, back] = await alongBoth(
    (x) => tf.depthwiseConv2d(x as tf.Tensor4D, image([3, 3, 3, 2], 2), 1, 'valid', 'NHWC', 1),
    [2, 7, 6, 3],
  );
  t.ok(Math.abs(there - back) < 1e-3 * Math.abs(there));
});

/** A gradient of a linear map is its transpose: two numbers that are to be the same. */
async function alongBoth(linear: (x: tf.Tensor) => tf.Tensor, shape: number[]): Promise<readonly [number, number]> {
  await tf.setBackend('torch');
  return tf.tidy(() => {
    const x = made(shape);
    const along = (given: tf.Tensor) => tf.sum(tf.mul(linear(given), made(linear(given).shape, 4))) as tf.Scalar;
    return [along(x).dataSync()[0]!, tf.sum(tf.mul(tf.grad(along)(x), x)).dataSync()[0]!] as [number, number] & tf.TensorContainer;
  });
}

t.test('a norm with a mean and variance that are known, per channel or for each value', { skip }, async (t) => {
  for (const shape of [[4], [2, 5, 3, 4]])
    t.ok(
      (await errorOf(() =>
        withGradients(
          (x, mean, variance, offset, scale) =>
            tf.batchNorm(x as tf.Tensor4D, mean as never, tf.abs(variance!) as never, offset as never, scale as never),
          [image([2, 5, 3, 4]), made(shape, 2), made(shape, 3), made(shape, 5), made(shape, 6)],
        ),
      )) < 1e-4,
      `[${shape}]`,
    );
  t.ok(
    (await errorOf(() => tf.batchNorm(image([2, 5, 3, 4]), made([4], 2) as tf.Tensor1D, tf.ones([4]) as tf.Tensor1D))) < 1e-5,
    'no scale',
  );
});

t.test('local response normalisation and its gradient', { skip }, async (t) => {
  for (const radius of [0, 1, 2, 7])
    t.ok(
      (await errorOf(() =>
        withGradients((x) => tf.localResponseNormalization(x as tf.Tensor4D, radius, 1, 0.3, 0.75), [image([2, 3, 4, 6])]),
      )) < 1e-4,
      `radius ${radius}`,
    );
});

t.test('grey-scale dilation and its gradients', { skip }, async (t) => {
  for (const pad of ['same', 'valid'] as const)
    for (const [stride, dilation] of [
      [1, 1],
      [2, 1],
      [1, 2],
    ] as const)
      t.ok(
        (await errorOf(() =>
          withGradients(
            (x, filter) => tf.dilation2d(x as tf.Tensor4D, filter as tf.Tensor3D, stride, pad, dilation),
            [image([2, 7, 6, 3]), made([3, 2, 3], 2)],
          ),
        )) < 1e-5,
        `${pad} ${stride} ${dilation}`,
      );
});

t.test('crops of boxes, also upside down, over the edge and of pictures that there are not', { skip }, async (t) => {
  const boxes = () =>
    tf.tensor2d([0, 0, 1, 1, 0.1, 0.2, 0.7, 0.9, 0.9, 0.8, 0.3, 0.1, -0.5, -0.2, 1.4, 1.1, 0.5, 0.5, 0.5, 0.5, 0, 0, 1, 1], [6, 4]);
  for (const method of ['bilinear', 'nearest'] as const)
    for (const size of [
      [4, 3],
      [1, 1],
      [7, 2],
    ] as [number, number][])
      t.ok(
        (await errorOf(() =>
          tf.image.cropAndResize(image([2, 6, 5, 3]), boxes(), tf.tensor1d([0, 1, 1, 0, 1, 9], 'int32'), size, method, -3),
        )) < 1e-5,
        `${method} [${size}]`,
      );
});

t.test('transforms and rotations, whatever lies outside', { skip }, async (t) => {
  const turned = [0.9, -0.4, 1.3, 0.35, 1.1, -2.2, 0.001, -0.002];
  const moved = [1, 0, -9.3, 0, 1, 11.6, 0, 0];
  for (const interpolation of ['nearest', 'bilinear'] as const)
    for (const mode of ['constant', 'reflect', 'wrap', 'nearest'] as const)
      for (const numbers of [turned, moved])
        for (const size of [undefined, [9, 4]] as ([number, number] | undefined)[]) {
          // The plain kernel answers with the first picture alone.
          const transforms = () => tf.tensor2d(numbers, [1, 8]);
          t.ok(
            (await errorOf(() => tf.image.transform(image([1, 6, 7, 3]), transforms(), interpolation, mode, 0.5, size))) < 1e-5,
            `${interpolation} ${mode} [${numbers}] ${size}`,
          );
        }
  for (const fill of [0.25, [1, 2, 3]] as (number | [number, number, number])[])
    for (const centre of [0.5, [0.2, 0.7]] as (number | [number, number])[])
      t.ok((await errorOf(() => tf.image.rotateWithOffset(image([2, 6, 7, 4]), 0.7, fill, centre))) < 1e-6, `${fill} ${centre}`);
});

t.test('each picture by a transform of its own', { skip }, async (t) => {
  await tf.setBackend('torch');
  const same = tf.tidy(() => {
    const transforms = tf.tensor2d([1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, -2, 0, 0], [2, 8]);
    const both = tf.image.transform(image([2, 5, 6, 3]), transforms);
    const each = [0, 1].map((i) => tf.image.transform(image([2, 5, 6, 3]).slice([i], [1]), transforms.slice([i], [1])));
    return tf.max(tf.abs(tf.sub(both, tf.concat(each)))).dataSync()[0];
  });
  t.equal(same, 0);
});

t.test('where the largest of each window is', { skip }, async (t) => {
  for (const pad of ['same', 'valid'] as const)
    for (const whole of [false, true])
      for (const [size, stride] of [
        [2, 2],
        [3, 1],
        [3, 2],
      ] as const)
        t.ok(
          (await errorOf(() => {
            const { result, indexes } = tf.maxPoolWithArgmax(image([2, 6, 7, 3]), size, stride, pad, whole);
            return [result!, indexes!];
          })) < 1e-6,
          `${pad} ${size}/${stride} ${whole}`,
        );
});

t.test('volumes: convolved, pooled, and the gradients of both', { skip }, async (t) => {
  const volume = () => made([2, 4, 5, 6, 3]) as tf.Tensor5D;
  for (const pad of ['same', 'valid'] as const)
    for (const stride of [1, 2]) {
      t.ok(
        (await errorOf(() =>
          withGradients(
            (x, filter) => tf.conv3d(x as tf.Tensor5D, filter as tf.Tensor5D, stride, pad),
            [volume(), made([2, 3, 2, 3, 4], 2)],
          ),
        )) < 1e-4,
        `conv3d ${pad} ${stride}`,
      );
      // As in the plane, the plain backend's gradient of an average counts the padding, and its maxima count columns by the window's height.
      for (const [name, pool] of [
        ['max', tf.maxPool3d],
        ['avg', tf.avgPool3d],
      ] as const) {
        const run = (x: tf.Tensor) => pool(x as tf.Tensor5D, 2, stride, pad);
        const whole = name === 'avg' && pad === 'same' ? (): tf.Tensor[] => [run(volume())] : () => withGradients(run, [volume()]);
        t.ok((await errorOf(whole)) < 1e-5, `${name} ${pad} ${stride}`);
      }
    }
  const every = (x: tf.Tensor, filter: tf.Tensor) => tf.conv3d(x as tf.Tensor5D, filter as tf.Tensor5D, 2, 'same');
  t.ok((await errorOf(() => withGradients(every, [volume(), made([1, 1, 1, 3, 2], 2)]))) < 1e-5, 'every other cell');
  const [there, back] = await alongBoth((x) => tf.avgPool3d(x as tf.Tensor5D, 3, 2, 'same'), [2, 4, 5, 6, 3]);
  t.ok(Math.abs(there - back) < 1e-4 * Math.max(1, Math.abs(there)), `${there} ${back}`);
});
