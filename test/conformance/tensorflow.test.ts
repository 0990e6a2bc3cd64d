import t from 'tap';
import { engineSettings } from '../../src/engines/settings.js';
import { tensorflowEngine } from '../../src/engines/tensorflow/engine.js';
import { exclusionsOf } from './exclusions.js';
import { runSpecs } from './run-specs.js';

// The specs' tolerances are those of float32.
const engine = tensorflowEngine({ ...engineSettings(process.env), precision: 'fp32' });
const { available, detail } = await engine.status();

t.test("TensorFlow.js' own specs hold on the tensorflow engine", { skip: available ? false : `tensorflow: ${detail}` }, async (t) => {
  const { passed, failed, excluded, unknown } = await runSpecs(engine, exclusionsOf('tensorflow'));
  t.comment(`tensorflow: ${passed} passed, ${failed.length} failed, ${excluded} excluded`);
  t.same(failed, []);
  t.same(unknown, [], 'every excluded spec exists');
  t.ok(passed >= 3960, `${passed} specs passed`);
});
