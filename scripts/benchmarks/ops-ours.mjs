#!/usr/bin/env node
// Our side of `scripts/bench ops`: cases of ops-cases.mjs through the TensorFlow.js API. Runs on what is built in dist/.
//   [--engine NAME] [--seconds S]    greets with {side, engine}, then answers every case on stdin, one line of JSON each, with
//   {forward, both}: median milliseconds, `both` being forward and backward; a small op's time is that of one, without a gradient.
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { activateEngine, built } from './chosen-engine.mjs';
import { median } from './median.mjs';

const { values } = parseArgs({
  options: { engine: { type: 'string' }, seconds: { type: 'string', default: '0.7' } },
});
const engine = await activateEngine(values.engine);
const [tf, { batchNormTraining }, { roiAlign }] = await Promise.all([
  built('tf.js'),
  built('ops/batch-norm.js'),
  built('ops/roi-align.js'),
]);

/** Case by kind: inputs that get a gradient, and what is timed. */
const kinds = {
  convolution: ({ batch, height, width, from, to, size, stride }) => ({
    inputs: [tf.randomNormal([batch, height, width, from]), tf.randomNormal([size, size, from, to])],
    // Padded like the peer's, the same on all sides: what 'same' adds to an even picture is another convolution.
    run: (x, filter) => tf.conv2d(x, filter, stride, Math.floor(size / 2), 'NHWC', 1, 'floor'),
  }),
  product: ({ rows, inner, columns }) => ({
    inputs: [tf.randomNormal([rows, inner]), tf.randomNormal([inner, columns])],
    run: (a, b) => tf.matMul(a, b),
  }),
  norm: ({ batch, height, width, channels }) => ({
    inputs: [tf.randomNormal([batch, height, width, channels]), tf.randomNormal([channels]), tf.randomNormal([channels])],
    run: (x, scale, offset) => batchNormTraining(x, scale, offset, { epsilon: 1e-5, relu: true }).y,
  }),
  pool: ({ batch, height, width, channels }) => ({
    inputs: [tf.randomNormal([batch, height, width, channels])],
    run: (x) => tf.maxPool(x, 3, 2, 1, 'floor'),
  }),
  align({ batch, height, width, channels, boxes, pooled, stride }) {
    const xyxy = new Float32Array(4 * boxes);
    // Boxes of 16 to 112 pixels, which this map is for, over all of the picture.
    for (let i = 0; i < boxes; i++) {
      const side = 16 + ((i * 37) % 97);
      const [x, y] = [(i * 61) % (width * stride - side), (i * 89) % (height * stride - side)];
      xyxy.set([x, y, x + side, y + side], 4 * i);
    }
    const places = tf.keep(tf.tensor2d(xyxy, [boxes, 4]));
    const pictures = tf.keep(
      tf.tensor1d(
        Int32Array.from({ length: boxes }, (_, i) => i % batch),
        'int32',
      ),
    );
    return {
      inputs: [tf.randomNormal([batch, height, width, channels])],
      run: (x) => roiAlign(x, places, pictures, { size: pooled, scale: 1 / stride, samples: 2 }),
    };
  },
};

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
say({ side: 'gpu-setup', engine: engine.name });
for await (const line of createInterface({ input: process.stdin })) {
  const each = JSON.parse(line);
  say(each.kind === 'small' ? small(each) : measure(each));
}

function measure(each) {
  const { inputs, run } = kinds[each.kind](each);
  const dy = tf.tidy(() => tf.randomNormal(run(...inputs).shape));
  const gradients = tf.grads(run);
  const result = {
    forward: timed(() => read(run(...inputs))),
    both: timed(() => gradients(inputs, dy).forEach(read)),
  };
  tf.dispose([inputs, dy]);
  return result;
}

/** Waits for a tensor that may still be computed elsewhere, by one of its values. */
function read(x) {
  tf.slice(
    x,
    x.shape.map(() => 0),
    x.shape.map(() => 1),
  ).dataSync();
}

/** Median milliseconds of `body`: three times at least, then until the time is used. */
function timed(body) {
  for (let i = 0; i < 2; i++) tf.tidy(body);
  const times = [];
  const end = performance.now() + 1000 * Number(values.seconds);
  while (times.length < 3 || performance.now() < end) {
    const started = performance.now();
    tf.tidy(body);
    times.push(performance.now() - started);
  }
  return median(times);
}

/** Milliseconds of one op on four numbers, of many in a row. */
function small({ count }) {
  const [a, b] = [tf.tensor1d([1, 2, 3, 4]), tf.tensor1d([5, 6, 7, 8])];
  const each = timed(() => {
    for (let i = 0; i < count; i++) tf.add(a, b).dispose();
  });
  tf.dispose([a, b]);
  return { forward: each / count };
}
