import t from 'tap';
import type { Engine } from '../../src/engines/engine.js';
import { exclusionsOf } from './exclusions.js';
import { resultsOf, writeResult } from './results.js';
import { runSpecs } from './run-specs.js';

/**
 * The test that a file here consists of: TensorFlow.js' own specs hold on the engine but for its exclusions, every one of which is a spec
 * that there is, and as many pass as its results say. `scripts/test conformance --write` writes the results.
 */
export async function conforms(engine: Engine): Promise<void> {
  const { available, detail } = await engine.status();
  const skip = available ? false : `${engine.name}: ${detail}`;
  t.test(`TensorFlow.js' own specs hold on the ${engine.name} engine`, { skip }, async (t) => {
    const { passed, failed, excluded, unknown } = await runSpecs(engine, exclusionsOf(engine.name));
    t.comment(`${engine.name}: ${passed} passed, ${failed.length} failed, ${excluded} excluded`);
    t.same(failed, []);
    t.same(unknown, [], 'every excluded spec exists');
    // Where it was installed belongs to this machine alone.
    const on = detail.replace(/ (of|in) `[^`]*`/g, '').replace(', ships with gpu-setup', '');
    const result = { on, passed, failed: failed.length, excluded };
    if (process.env.GPU_SETUP_WRITE_RESULTS) writeResult(engine.name, result);
    const known = resultsOf(engine.name).find((each) => each.on === on);
    if (known) t.same(result, known, 'as many as the documentation says; `scripts/test conformance --write` writes them anew');
    else t.comment(`no result is written down for ${on}`);
    t.ok(passed > 3900, `${passed} specs passed`);
  });
}
