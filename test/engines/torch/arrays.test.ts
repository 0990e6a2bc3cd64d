import fc from 'fast-check';
import t from 'tap';
import * as tf from '../../../src/tf.js';
import { errorOf, values } from './against-cpu.js';
import { registered } from './registered.js';

const skip = await registered();

const made = (shape: number[], seed = 1) => tf.tensor(values(tf.util.sizeFromShape(shape), seed), shape);
/** Whole numbers from 0 up to `below`. */
const whole = (shape: number[], below: number, seed = 1) =>
  tf.tensor(
    Int32Array.from(values(tf.util.sizeFromShape(shape), seed), (value) => Math.floor(((value + 2) / 4.001) * below)),
    shape,
    'int32',
  );

/** The places that a slice walks through along an axis of `length`; a bound that is `undefined` is the end it comes from or goes to. */
function walked(length: number, step: number, begin: number | undefined, end: number | undefined): number[] {
  const [lowest, highest] = step > 0 ? [0, length] : [-1, length - 1];
  const bound = (at: number) => Math.max(lowest, Math.min(at < 0 ? at + length : at, highest));
  const last = end === undefined ? (step > 0 ? length : -1) : bound(end);
  const places: number[] = [];
  for (let at = begin === undefined ? (step > 0 ? 0 : length - 1) : bound(begin); step > 0 ? at < last : at > last; at += step)
    places.push(at);
  return places;
}

t.test('slices with steps forward and back; the plain backend refuses some that are empty', { skip }, async (t) => {
  await tf.setBackend('torch');
  const bound = fc.integer({ min: -7, max: 7 });
  const step = fc.constantFrom(-3, -2, -1, 1, 2, 3);
  const three = <T>(of: fc.Arbitrary<T>) => fc.tuple(of, of, of);
  const shape = [4, 5, 6];
  fc.assert(
    fc.property(three(bound), three(bound), three(step), fc.nat(7), fc.nat(7), (begin, end, steps, first, last) => {
      const places = shape.map((length, axis) =>
        walked(length, steps[axis]!, first & (1 << axis) ? undefined : begin[axis], last & (1 << axis) ? undefined : end[axis]),
      );
      const [planes, rows, cells] = places as [number[], number[], number[]];
      const expected = planes.flatMap((i) => rows.flatMap((j) => cells.map((k) => (i * 5 + j) * 6 + k)));
      const [made, values] = tf.tidy(() => {
        const cut = tf.stridedSlice(tf.range(0, 120).reshape(shape), begin, end, steps, first, last);
        return [cut.shape, Array.from(cut.dataSync())] as never as [number[], number[]] & tf.TensorContainer;
      });
      return `${made}` === `${places.map(({ length }) => length)}` && `${values}` === `${expected}`;
    }),
    { numRuns: 300 },
  );
  const corner = () => tf.stridedSlice(tf.range(0, 120).reshape(shape), [0, 0, 0], [0, 0, 0], [-3, 1, -3], 5, 5, 0, 0, 2);
  t.same(
    tf.tidy(() => corner().arraySync()),
    [
      [95, 92],
      [5, 2],
    ],
    'a single row of a table that is walked through backwards',
  );
});

t.test('sums and products of what comes before, and their gradients', { skip }, async (t) => {
  for (const axis of [0, 1, 2])
    for (const exclusive of [false, true])
      for (const reverse of [false, true]) {
        const what = `axis ${axis} ${exclusive} ${reverse}`;
        t.ok(
          (await errorOf(() => [
            tf.cumsum(made([3, 4, 5]), axis, exclusive, reverse),
            tf.cumprod(made([3, 4, 5]), axis, exclusive, reverse),
          ])) < 1e-5,
          what,
        );
        t.ok((await errorOf(() => tf.cumsum(whole([3, 4, 5], 9), axis, exclusive, reverse))) < 1e-6, `${what}, whole numbers`);
        // TensorFlow.js' own gradient along another axis than the last exchanges axes.
        if (axis === 2)
          t.ok(
            (await errorOf(() => tf.grad((x) => tf.cumsum(x, axis, exclusive, reverse))(made([3, 4, 5]), made([3, 4, 5], 2)))) < 1e-5,
            `gradient, ${what}`,
          );
      }
});

t.test('gathered from and scattered to places of any depth, some of them twice', { skip }, async (t) => {
  for (const depth of [1, 2, 3]) {
    const places = () => whole([4, depth], 3, depth);
    const rest = [3, 4, 5].slice(depth);
    t.ok((await errorOf(() => tf.gatherND(made([3, 4, 5]), places()))) < 1e-6, `gather ${depth}`);
    t.ok((await errorOf(() => tf.scatterND(places(), made([4, ...rest], 2), [3, 4, 5]))) < 1e-5, `scatter ${depth}`);
    t.ok((await errorOf(() => tf.tensorScatterUpdate(made([3, 4, 5]), places(), made([4, ...rest], 2)))) < 1e-6, `update ${depth}`);
  }
  t.ok(
    (await errorOf(() => tf.sparseToDense(whole([5, 2], 4), whole([5], 9, 3), [4, 6], tf.scalar(7, 'int32')))) < 1e-6,
    'sparse to dense',
  );
});

t.test('the largest, the first of equals first', { skip }, async (t) => {
  for (const [shape, below] of [
    [[50], 5],
    [[3, 40], 7],
    [[2, 3, 90], 3],
  ] as [number[], number][])
    for (const k of [0, 1, 4])
      t.ok(
        (await errorOf(() => {
          const { values, indices } = tf.topk(whole(shape, below).toFloat(), k);
          return [values, indices];
        })) < 1e-6,
        `[${shape}] ${k}`,
      );
  await tf.setBackend('torch');
  const strange = tf.tidy(() => tf.topk(tf.tensor1d([1, Number.NaN, 7, 7, 2, 3, 0, 0, 7, 0, 0, 0, 0]), 3).indices.arraySync());
  t.same(strange, [1, 2, 3], 'NaN counts as the largest');
});

t.test('counted, with weights and without, and what is too large left out', { skip }, async (t) => {
  for (const weights of [() => tf.tensor1d([]), () => made([12], 3)] as (() => tf.Tensor)[]) {
    t.ok((await errorOf(() => tf.bincount(whole([12], 9) as tf.Tensor1D, weights() as tf.Tensor1D, 5))) < 1e-5);
    const rows = () => whole([3, 4], 9) as tf.Tensor2D;
    const shaped = () => (weights().size > 0 ? weights().reshape([3, 4]) : weights()) as tf.Tensor2D;
    for (const binary of [false, true]) t.ok((await errorOf(() => tf.denseBincount(rows(), shaped(), 5, binary))) < 1e-5, `${binary}`);
  }
});

t.test('products by an equation', { skip }, async (t) => {
  for (const [equation, ...shapes] of [
    ['ij,jk->ik', [2, 3], [3, 4]],
    ['bij,bjk->bik', [2, 3, 4], [2, 4, 5]],
    ['abc,cd->dab', [2, 3, 4], [4, 5]],
    ['ijk->ik', [2, 3, 4]],
    ['ij->ji', [2, 3]],
    ['i,j->ij', [3], [4]],
  ] as [string, ...number[][]][])
    t.ok((await errorOf(() => tf.einsum(equation, ...shapes.map((shape, i) => made(shape, i + 1))))) < 1e-5, equation);
});

t.test('spectra, and complex numbers taken apart', { skip }, async (t) => {
  const signal = () => tf.complex(made([3, 10]), made([3, 10], 2));
  for (const transform of [tf.fft, tf.ifft])
    t.ok((await errorOf(() => [tf.real(transform(signal())), tf.imag(transform(signal()))])) < 1e-4, transform.name);
  t.ok((await errorOf(() => [tf.abs(signal()), tf.real(signal().mul(signal())), tf.imag(signal().transpose())])) < 1e-5);
});

t.test('mirrored, turned round, taken apart and put together in blocks', { skip }, async (t) => {
  for (const mode of ['reflect', 'symmetric'] as const)
    t.ok(
      (await errorOf(() =>
        tf.mirrorPad(
          made([2, 3, 4, 5]),
          [
            [1, 0],
            [2, 1],
            [0, 3],
            [1, 2],
          ],
          mode,
        ),
      )) < 1e-6,
      mode,
    );
  t.ok((await errorOf(() => [tf.reverse(made([2, 3, 4]), [0, 2]), tf.image.flipLeftRight(made([2, 3, 4, 3]) as tf.Tensor4D)])) < 1e-6);
  const blocks = () =>
    tf.spaceToBatchND(
      made([2, 5, 6, 3]),
      [2, 3],
      [
        [1, 0],
        [1, 2],
      ],
    );
  t.ok(
    (await errorOf(() => [
      blocks(),
      tf.batchToSpaceND(
        blocks(),
        [2, 3],
        [
          [1, 0],
          [1, 2],
        ],
      ),
    ])) < 1e-6,
  );
  t.ok((await errorOf(() => tf.depthToSpace(made([2, 3, 4, 12]) as tf.Tensor4D, 2, 'NHWC'))) < 1e-6);
  t.ok((await errorOf(() => [tf.stack([made([2, 3]), made([2, 3], 2)], 1), ...tf.unstack(made([2, 3, 4]), 1)])) < 1e-6);
  t.ok((await errorOf(() => tf.grad((x) => tf.mul(tf.stack(tf.unstack(x, 1).reverse(), 0), 2))(made([2, 3]), made([3, 2], 2)))) < 1e-6);
  t.ok(
    (await errorOf(() => [tf.diag(made([2, 3])), tf.linalg.bandPart(made([2, 4, 5]), 1, -1), tf.broadcastTo(made([3, 1]), [2, 3, 4])])) <
      1e-6,
  );
});

t.test('sequences, and where values go in them', { skip }, async (t) => {
  for (const [start, stop, step] of [
    [0, 5, 1],
    [5, 0, 1],
    [1, 2, 0.3],
    [4, -3, -2],
    [3, 3, 1],
  ] as const)
    t.ok((await errorOf(() => tf.range(start, stop, step))) < 1e-6, `${start} ${stop} ${step}`);
  t.ok((await errorOf(() => [tf.range(-2, 9, 3, 'int32'), tf.linspace(-1, 3, 7), tf.linspace(2, 2, 1)])) < 1e-6);
  const sorted = () => tf.tensor2d([1, 3, 3, 5, -2, 0, 0, 9], [2, 4]);
  for (const side of ['left', 'right'] as const)
    t.ok((await errorOf(() => tf.searchSorted(sorted(), tf.tensor2d([3, 0, 6, 0, 9, -3], [2, 3]), side))) < 1e-6, side);
});

t.test('strings and ragged and sparse tensors', { skip }, async (t) => {
  const unlike = () => tf.unique(tf.tensor1d([3, 1, 3, Number.NaN, 1, Number.NaN]));
  t.ok((await errorOf(() => unlike().indices)) < 1e-6);
  t.ok((await errorOf(() => tf.equal(tf.tensor1d(['a', 'b', 'c']), tf.tensor1d(['a', 'c', 'c'])).cast('int32'))) < 1e-6);
  t.ok((await errorOf(() => tf.string.stringToHashBucketFast(tf.tensor1d(['a', 'bc']), 7))) < 1e-6);
  await tf.setBackend('torch');
  const words = tf.tidy(() => tf.concat([tf.tile(tf.slice(tf.tensor1d(['a', 'b', 'c']), 1, 2), [2]), tf.tensor1d(['d'])]).arraySync());
  t.same(words, ['b', 'c', 'b', 'c', 'd']);
  for (const reduce of [tf.sparse.sparseSegmentSum, tf.sparse.sparseSegmentMean])
    t.ok(
      (await errorOf(() => reduce(made([5, 3]) as tf.Tensor2D, tf.tensor1d([4, 0, 0, 2], 'int32'), tf.tensor1d([0, 0, 2, 2], 'int32')))) <
        1e-6,
    );
});
