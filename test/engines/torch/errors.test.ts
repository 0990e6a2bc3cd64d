import t from 'tap';
import * as tf from '../../../src/tf.js';
import { registered } from './registered.js';

const skip = await registered();
const run = (kernel: string, inputs: object, attrs: object = {}) => tf.engine().runKernel(kernel, inputs as never, attrs as never);
const conv = { strides: 1, pad: 'valid', dataFormat: 'NHWC', dilations: 1 };

t.beforeEach(async () => {
  if (!skip) await tf.setBackend('torch');
});

/** Throws what `message` is, leaves nothing behind, and computing goes on. */
function refused(t: Tap, compute: () => unknown, message: RegExp): void {
  const before = [tf.memory().numTensors, tf.backend().numDataIds()];
  t.throws(() => tf.tidy(compute as () => tf.Tensor), message);
  t.same([tf.memory().numTensors, tf.backend().numDataIds()], before);
  t.equal(
    tf.tidy(() => tf.sum(tf.ones([3])).dataSync()[0]),
    3,
  );
}
type Tap = Pick<typeof t, 'throws' | 'same' | 'equal'>;

t.test('more memory than there is: an error that names the kernel and the shapes', { skip }, async (t) => {
  const side = 2 ** 20;
  refused(t, () => tf.fill([side, side], 1), /^Fill: float32 \[1048576,1048576\]: .*can't allocate memory/);
  refused(t, () => tf.fill([2 ** 32, 2 ** 32], 1), /^Fill: float32 \[4294967296,4294967296\]: /);
  refused(t, () => tf.tile(tf.ones([side]), [side]), /^Tile: .*float32 \[1048576\].*can't allocate/);
  refused(t, () => tf.add(tf.ones([side, 1]), tf.ones([1, side])), /^Add: .*float32 \[1048576,1\], float32 \[1,1048576\].*can't allocate/);
  refused(t, () => tf.matMul(tf.ones([side, 1]), tf.ones([1, side])), /^BatchMatMul: .*\[1048576,1\], float32 \[1,1048576\]/);
  refused(t, () => tf.oneHot(tf.zeros([side], 'int32'), side), /^OneHot: .*\[1048576,1\]/);
  // TensorFlow.js makes these values in JavaScript, before there is a kernel.
  refused(t, () => tf.zeros([side, side]), /Invalid typed array length: 1099511627776/);
});

t.test('shapes and types that do not go together: the kernel and each of them are named', { skip }, async (t) => {
  const [a, b] = [() => tf.ones([2, 3]), () => tf.ones([4, 5])];
  refused(t, () => run('Add', { a: a(), b: b() }), /^Add: .*float32 \[2,3\], float32 \[4,5\]/);
  refused(t, () => run('BatchMatMul', { a: a(), b: b() }, { transposeA: false, transposeB: false }), /^BatchMatMul: .*\[2,3\].*\[4,5\]/);
  refused(
    t,
    () => run('Conv2D', { x: tf.ones([1, 4, 4, 3]), filter: tf.ones([3, 3, 5, 2]) }, conv),
    /^Conv2D: .*\[1,3,4,4\], float32 \[2,5,3,3\]/,
  );
  refused(t, () => run('Concat', [a(), b()], { axis: 0 }), /^Concat: .*\(4,5\).*\(2,3\)/);
  refused(t, () => run('Pack', [a(), b()], { axis: 0 }), /^Pack: float32 \[4,5\] does not go with float32 \[2,3\]/);
  refused(
    t,
    () => run('Select', { condition: tf.ones([3], 'bool'), t: tf.ones([2]), e: tf.ones([2]) }),
    /^Select: .*bool \[3\], float32 \[2\]/,
  );
  refused(t, () => run('BitwiseAnd', { a: a(), b: a() }), /^BitwiseAnd: .*float32 \[2,3\]/);
  refused(t, () => run('ArgMax', { x: tf.complex([1], [2]) }, { axis: 0 }), /^ArgMax: complex64 \[1\]/);
  refused(t, () => run('Cumsum', { x: tf.complex([1], [2]) }, { axis: 3 }), /axis/);
  refused(t, () => tf.gatherND(a(), tf.tensor2d([[1], [2]], [2, 1], 'int32')), /^GatherNd: the index at 1 does not index into \[2,3\]/);
  refused(t, () => tf.scatterND(tf.tensor2d([[7]], [1, 1], 'int32'), tf.ones([1, 3]), [4, 3]), /^ScatterNd: the index at 0 .*\[4,3\]/);
  refused(t, () => run('Atan2', { a: tf.tensor(['a']), b: a() }), /^Atan2: /);
});
