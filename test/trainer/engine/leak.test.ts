import * as tf from '../../../src/tf.js';
import { onEachEngine } from '../../engines/each-engine.js';
import { tinyTraining } from './tiny-training.js';

onEachEngine('as many tensors and bytes after 60 steps as after 3, and none once all is disposed', async (t) => {
  const before = tf.memory();
  const [early, late] = await tinyTraining([3, 60]);
  t.equal(late!.tensors, early!.tensors);
  t.equal(late!.bytes, early!.bytes);
  t.equal(tf.memory().numTensors, before.numTensors);
  t.equal(tf.memory().numBytes, before.numBytes);
});
