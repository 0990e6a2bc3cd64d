import fc from 'fast-check';
import t from 'tap';
import { wasmEngine } from '../../../src/engines/wasm/engine.js';
import * as tf from '../../../src/tf.js';

/** Draws like a seeded generator would: the same numbers for the same count. */
const values = (count: number, seed = 1) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898 + seed * 78.233) * 2);
type Shape4 = [number, number, number, number];
const image = (shape: Shape4, seed: number) => ({ shape, values: values(tf.util.sizeFromShape(shape), seed) });
type Given = Readonly<
  Record<string, { readonly shape: number[]; readonly values: Float32Array | Int32Array; readonly dtype?: tf.DataType }>
>;

/** One kernel on one backend; fails when it leaves a tensor behind, on the heap or off it. */
async function runOn(backend: string, kernel: string, given: Given, attrs: object): Promise<{ shape: number[]; values: Float32Array }> {
  await tf.setBackend(backend);
  const before = [tf.memory().numTensors, tf.backend().numDataIds()];
  const inputs = Object.fromEntries(
    Object.entries(given).map(([name, { shape, values, dtype }]) => [name, tf.tensor(values, shape, dtype)]),
  );
  const out = tf.engine().runKernel(kernel, inputs as tf.NamedTensorMap, attrs as tf.NamedAttrMap) as tf.Tensor;
  const result = { shape: out.shape, values: Float32Array.from(out.dataSync()) };
  tf.dispose([out, ...Object.values(inputs)]);
  if (tf.memory().numTensors !== before[0] || tf.backend().numDataIds() !== before[1])
    throw new Error(`${kernel} leaves tensors behind on ${backend}`);
  return result;
}

/** The largest difference to the `cpu` backend, as a part of the largest value. */
async function errorOf(kernel: string, given: Given, attrs: object): Promise<number> {
  const [ours, theirs] = [await runOn('wasm', kernel, given, attrs), await runOn('cpu', kernel, given, attrs)];
  if (ours.shape.join() !== theirs.shape.join()) throw new Error(`${kernel}: shape ${ours.shape} on wasm, ${theirs.shape} on cpu`);
  const scale = theirs.values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  return (
    ours.values.reduce(
      (most, value, i) => Math.max(most, Number.isFinite(value) ? Math.abs(value - theirs.values[i]!) : Number.POSITIVE_INFINITY),
      0,
    ) / scale
  );
}

t.before(() => wasmEngine.activate());

const size = fc.integer({ min: 1, max: 9 });
const few = fc.integer({ min: 1, max: 3 });
const pad = fc.oneof(fc.constantFrom('same' as const, 'valid' as const), fc.integer({ min: 0, max: 3 }));
const convolution = fc
  .record({
    n: few,
    h: size,
    w: size,
    c: fc.integer({ min: 1, max: 11 }),
    k: fc.integer({ min: 1, max: 9 }),
    kh: fc.integer({ min: 1, max: 4 }),
    kw: fc.integer({ min: 1, max: 4 }),
    strides: fc.tuple(few, few),
    pad,
  })
  .map((drawn) => {
    try {
      return {
        ...drawn,
        info: tf.backend_util.computeConv2DInfo(
          [drawn.n, drawn.h, drawn.w, drawn.c],
          [drawn.kh, drawn.kw, drawn.c, drawn.k],
          drawn.strides,
          1,
          drawn.pad,
        ),
      };
    } catch (error) {
      return { ...drawn, info: undefined, why: String(error) };
    }
  })
  .filter(({ info }) => info !== undefined && info.outHeight > 0 && info.outWidth > 0);

t.test('the gradients of a convolution are those of the cpu backend', async () => {
  await fc.assert(
    fc.asyncProperty(convolution, async ({ n, h, w, c, k, kh, kw, strides, pad, info }) => {
      const dy = image([n, info!.outHeight, info!.outWidth, k], 2);
      const attrs = { strides, pad, dataFormat: 'NHWC' };
      const filter = await errorOf('Conv2DBackpropFilter', { x: image([n, h, w, c], 1), dy }, { ...attrs, filterShape: [kh, kw, c, k] });
      const input = await errorOf('Conv2DBackpropInput', { dy, filter: image([kh, kw, c, k], 3) }, { ...attrs, inputShape: [n, h, w, c] });
      return filter < 1e-5 && input < 1e-5;
    }),
    { numRuns: 150, seed: 1 },
  );
});

t.test('so are they for pictures with the channels first, and for uneven padding', async (t) => {
  const attrs = { strides: [2, 1], pad: 'same', dataFormat: 'NCHW' };
  const [x, dy, filter] = [image([2, 3, 7, 5], 1), image([2, 4, 4, 5], 2), image([3, 2, 3, 4], 3)];
  t.ok((await errorOf('Conv2DBackpropFilter', { x, dy }, { ...attrs, filterShape: [3, 2, 3, 4] })) < 1e-5);
  t.ok((await errorOf('Conv2DBackpropInput', { dy, filter }, { ...attrs, inputShape: [2, 3, 7, 5] })) < 1e-5);
  const uneven = {
    strides: [2, 2],
    pad: [
      [0, 0],
      [2, 0],
      [0, 1],
      [0, 0],
    ],
    dataFormat: 'NHWC',
  };
  const info = tf.backend_util.computeConv2DInfo([1, 6, 8, 2], [3, 3, 2, 4], [2, 2], 1, uneven.pad as never);
  const gradient = image(info.outShape as Shape4, 4);
  t.ok(
    (await errorOf('Conv2DBackpropFilter', { x: image([1, 6, 8, 2], 5), dy: gradient }, { ...uneven, filterShape: [3, 3, 2, 4] })) < 1e-5,
  );
  t.ok(
    (await errorOf('Conv2DBackpropInput', { dy: gradient, filter: image([3, 3, 2, 4], 6) }, { ...uneven, inputShape: [1, 6, 8, 2] })) <
      1e-5,
  );
});

t.test('the gradients of a depthwise convolution are those of the cpu backend', async () => {
  await fc.assert(
    fc.asyncProperty(convolution, few, async ({ n, h, w, c, kh, kw, strides, pad, info }, m) => {
      const dy = image([n, info!.outHeight, info!.outWidth, c * m], 2);
      const attrs = { strides, dilations: [1, 1], pad };
      const filter = await errorOf(
        'DepthwiseConv2dNativeBackpropFilter',
        { x: image([n, h, w, c], 1), dy },
        { ...attrs, filterShape: [kh, kw, c, m] },
      );
      const input = await errorOf(
        'DepthwiseConv2dNativeBackpropInput',
        { dy, filter: image([kh, kw, c, m], 3) },
        { ...attrs, inputShape: [n, h, w, c] },
      );
      return filter < 1e-5 && input < 1e-5;
    }),
    { numRuns: 80, seed: 2 },
  );
});

t.test('a dilated depthwise convolution has the gradient of its definition', async (t) => {
  // The cpu backend leaves dilation out of account here; the inner product <dy, conv(x, f)> is linear in x and in f.
  await tf.setBackend('wasm');
  const [x, f] = [tf.tensor(image([1, 9, 8, 3], 1).values, [1, 9, 8, 3]), tf.tensor(image([3, 2, 3, 2], 2).values, [3, 2, 3, 2])] as [
    tf.Tensor4D,
    tf.Tensor4D,
  ];
  const forward = (x: tf.Tensor4D, f: tf.Tensor4D) => tf.depthwiseConv2d(x, f, 1, 'same', 'NHWC', [2, 3]);
  const dy = tf.tensor(image([1, 9, 8, 6], 3).values, [1, 9, 8, 6]) as tf.Tensor4D;
  const attrs = { strides: [1, 1], dilations: [2, 3], pad: 'same' };
  const run = (kernel: string, inputs: object, more: object) =>
    tf.engine().runKernel(kernel, inputs as tf.NamedTensorMap, { ...attrs, ...more } as tf.NamedAttrMap) as tf.Tensor;
  const whole = tf.sum(tf.mul(dy, forward(x, f))).dataSync()[0]!;
  const throughX = tf.sum(tf.mul(x, run('DepthwiseConv2dNativeBackpropInput', { dy, filter: f }, { inputShape: x.shape }))).dataSync()[0]!;
  const throughF = tf.sum(tf.mul(f, run('DepthwiseConv2dNativeBackpropFilter', { x, dy }, { filterShape: f.shape }))).dataSync()[0]!;
  t.ok(Math.abs(throughX - whole) < 1e-4 * Math.abs(whole));
  t.ok(Math.abs(throughF - whole) < 1e-4 * Math.abs(whole));
});

t.test('matrix products with transposed factors, batched and broadcast', async () => {
  await fc.assert(
    fc.asyncProperty(
      size,
      size,
      size,
      few,
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      async (m, n, k, batch, transposeA, transposeB, broadcast) => {
        const shapeA = [batch, ...(transposeA ? [k, m] : [m, k])];
        const shapeB = [broadcast ? 1 : batch, ...(transposeB ? [n, k] : [k, n])];
        const a = { shape: shapeA, values: values(batch * m * k) };
        const b = { shape: shapeB, values: values(tf.util.sizeFromShape(shapeB), 2) };
        const fused = {
          a,
          b: { shape: [batch, ...shapeB.slice(1)], values: values(batch * n * k, 2) },
          bias: { shape: [n], values: values(n, 3) },
        };
        const plain = await errorOf('BatchMatMul', { a, b }, { transposeA, transposeB });
        return plain < 1e-5 && (await errorOf('_FusedMatMul', fused, { transposeA, transposeB, activation: 'relu' })) < 1e-5;
      },
    ),
    { numRuns: 80, seed: 3 },
  );
});

t.test('segments are summed; rows with an id of no segment are left out', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: -1, max: 5 }), { minLength: 1, maxLength: 20 }), size, few, async (ids, width, depth) => {
      const given = {
        x: { shape: [ids.length, width, depth], values: values(ids.length * width * depth) },
        segmentIds: { shape: [ids.length], values: Int32Array.from(ids), dtype: 'int32' as const },
      };
      return (await errorOf('UnsortedSegmentSum', given, { numSegments: 5 })) < 1e-5;
    }),
    { numRuns: 60, seed: 4 },
  );
});

t.test('max pooling and its gradient, of windows of one cell and of negative numbers too', async () => {
  await fc.assert(
    fc.asyncProperty(
      few,
      size,
      size,
      few,
      few,
      few,
      fc.constantFrom('same' as const, 'valid' as const),
      async (n, h, w, filter, stride, c, pad) => {
        fc.pre(pad === 'same' || Math.min(h, w) >= filter);
        const given = image([n, h, w, c], h * 10 + w);
        // All of one sign, or of both.
        const x = { ...given, values: given.values.map((value) => (n === 1 ? -3 : 0) + value) };
        const attrs = { filterSize: filter, strides: stride, pad };
        const info = tf.backend_util.computePool2DInfo(x.shape, filter, stride, 1, pad);
        const dy = image(info.outShape, 3);
        const forward = await errorOf('MaxPool', { x }, attrs);
        return forward < 1e-6 && (await errorOf('MaxPoolGrad', { dy, input: x, output: dy }, attrs)) < 1e-5;
      },
    ),
    { numRuns: 60, seed: 6 },
  );
});

t.test('Einstein sums', async (t) => {
  const cases: [string, number[][]][] = [
    [
      'ij,jk->ik',
      [
        [3, 4],
        [4, 5],
      ],
    ],
    ['ij->ji', [[3, 4]]],
    ['ijk->j', [[2, 3, 4]]],
    ['i,j->ij', [[3], [4]]],
    ['i,i->', [[5], [5]]],
    [
      'bij,bjk->bik',
      [
        [2, 3, 4],
        [2, 4, 5],
      ],
    ],
    [
      'abc,cd->dab',
      [
        [2, 3, 4],
        [4, 2],
      ],
    ],
  ];
  for (const [equation, shapes] of cases) {
    const results = [];
    for (const backend of ['wasm', 'cpu']) {
      await tf.setBackend(backend);
      const before = tf.backend().numDataIds();
      const result = tf.tidy(() =>
        tf.einsum(equation, ...shapes.map((shape, i) => tf.tensor(values(tf.util.sizeFromShape(shape), i), shape))),
      );
      results.push({ shape: result.shape, values: Array.from(result.dataSync(), (value) => Math.round(value * 1e3) / 1e3 + 0) });
      result.dispose();
      t.equal(tf.backend().numDataIds(), before, `${equation} keeps nothing on ${backend}`);
    }
    t.same(results[0], results[1], equation);
  }
});

t.test('an axis of one operand alone is summed before the product', async (t) => {
  // The cpu backend keeps it, and the result has too many axes.
  await tf.setBackend('wasm');
  const [a, b] = [tf.tensor(values(24), [2, 3, 4]), tf.tensor(values(40, 2), [2, 5, 4])] as [tf.Tensor3D, tf.Tensor3D];
  const plain = tf.sum(tf.mul(tf.expandDims(tf.sum(a, 1), 1), b), 2);
  const ours = tf.einsum('bij,bkj->kb', a, b);
  t.same(ours.shape, [5, 2]);
  const off = tf.max(tf.abs(tf.sub(tf.transpose(plain), ours))).dataSync()[0]!;
  t.ok(off < 1e-4, `off by ${off}`);
});
