import { joinRows } from '../../../src/ops/join-rows.js';
import { addAlike, addBias } from '../../../src/ops/plain-sums.js';
import * as tf from '../../../src/tf.js';
import { valueAndGradients } from '../../../src/trainer/engine/gradients.js';
import { onEachEngine } from '../../engines/each-engine.js';

const random = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);

/** Branches that meet again, an input used twice, an op with several outputs, and one whose gradient is handed on as it came. */
const network = (x: tf.Tensor4D, filter: tf.Variable, offset: tf.Variable) => (): tf.Scalar => {
  const first = tf.relu(addBias(tf.conv2d(x, filter as tf.Tensor4D, 1, 'same'), offset));
  const [low, high] = tf.split(first, 2, 3) as [tf.Tensor4D, tf.Tensor4D];
  const joined = tf.tidy(() => addAlike(tf.mul(low, low), tf.reshape(high, low.shape)));
  const again = joinRows([
    addAlike(joined, joined),
    tf.slice(joined, [0, 1, 0, 0], [1, -1, -1, -1]).pad([
      [0, 0],
      [1, 0],
      [0, 0],
      [0, 0],
    ]) as tf.Tensor4D,
  ]);
  return tf.add(tf.mean(tf.square(again)), tf.sum(tf.mul(offset, offset))) as tf.Scalar;
};

onEachEngine('the gradients are those of TensorFlow.js, and nothing is left behind', async (t) => {
  const x = random([2, 5, 6, 3], 1) as tf.Tensor4D;
  const variables = [tf.variable(random([3, 3, 3, 4], 2)), tf.variable(random([4], 3)), tf.variable(random([2], 4))];
  const f = network(x, variables[0]!, variables[1]!);
  const expected = tf.variableGrads(f, variables.slice(0, 2));
  const before = tf.memory().numTensors;
  const { value, gradients } = valueAndGradients(f, variables);
  t.equal(tf.memory().numTensors, before + 3, 'a value and two gradients');
  t.ok(Math.abs(value.dataSync()[0]! - expected.value.dataSync()[0]!) < 1e-5 * Math.abs(expected.value.dataSync()[0]!));
  for (const [index, { name }] of variables.slice(0, 2).entries()) {
    const [ours, theirs] = [gradients[index]!.dataSync(), expected.grads[name]!.dataSync()];
    t.ok(
      ours.every((each, i) => Math.abs(each - theirs[i]!) < 1e-4 * Math.max(1, Math.abs(theirs[i]!))),
      name,
    );
  }
  t.equal(gradients[2], undefined, 'a variable that the value does not depend on');
  tf.dispose([value, ...gradients.slice(0, 2)] as tf.Tensor[]);
  tf.dispose([x, ...variables, expected.value, ...Object.values(expected.grads)]);
});

onEachEngine('what fails in the forward or the backward pass leaves nothing behind, and recording ends', async (t) => {
  const x = random([1, 4, 4, 2], 1) as tf.Tensor4D;
  const filter = tf.variable(random([3, 3, 2, 2], 2));
  const failing = tf.customGrad((y) => ({
    value: (y as tf.Tensor).clone(),
    gradFunc: () => {
      throw new Error('no way back');
    },
  }));
  const before = tf.memory().numTensors;
  const convolved = () => tf.relu(tf.conv2d(x, filter as unknown as tf.Tensor4D, 1, 'same'));
  const forward = () => {
    convolved();
    throw new Error('no way on');
  };
  t.throws(() => valueAndGradients(forward, [filter]), { message: 'no way on' });
  t.equal(tf.memory().numTensors, before);
  t.throws(() => valueAndGradients(() => tf.sum(failing(convolved())) as tf.Scalar, [filter]), { message: 'no way back' });
  t.equal(tf.memory().numTensors, before);
  const after = tf.relu(x);
  after.dispose();
  t.equal(tf.memory().numTensors, before, 'nothing is recorded any more');
  tf.dispose([x, filter]);
});
