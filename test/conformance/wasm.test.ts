import t from 'tap';
import { wasmEngine } from '../../src/engines/wasm/engine.js';
import { exclusionsOf } from './exclusions.js';
import { runSpecs } from './run-specs.js';

t.test("TensorFlow.js' own specs hold on the wasm engine", async (t) => {
  const { passed, failed, excluded, unknown } = await runSpecs(wasmEngine, exclusionsOf('wasm'));
  t.comment(`wasm: ${passed} passed, ${failed.length} failed, ${excluded} excluded`);
  t.same(failed, []);
  t.same(unknown, [], 'every excluded spec exists');
  t.ok(passed >= 3980, `${passed} specs passed`);
});
