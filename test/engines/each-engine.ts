import t, { type Test } from 'tap';
import { enginesOf } from '../../src/engines/list.js';
import { engineSettings } from '../../src/engines/settings.js';
import { ops } from '../../src/ops/index.js';
import { registerOps } from '../../src/ops/op.js';
import * as tf from '../../src/tf.js';

/** Runs a subtest on the plain `cpu` backend and on every engine of this machine, in float32; the others are skipped, with their reason. */
export function onEachEngine(name: string, body: Body): void {
  t.test(`${name}, on cpu`, async (t) => {
    // Or its first use advertises another backend.
    tf.env().set('PROD', true);
    await tf.setBackend('cpu');
    registerOps(ops, 'cpu');
    await body(t, 'cpu');
  });
  onEachInstalledEngine(name, body);
}

type Body = (t: Test, engine: string) => Promise<void> | void;

/** The same without `cpu`, which nobody trains on; or on one engine alone. */
export function onEachInstalledEngine(name: string, body: Body, only?: string): void {
  for (const engine of enginesOf(engineSettings({ ...process.env, GPU_SETUP_PRECISION: 'float32' }))) {
    if (only !== undefined && engine.name !== only) continue;
    t.test(`${name}, on ${engine.name}`, async (t) => {
      const { available, detail } = await engine.status();
      if (!available) {
        t.comment(`skipped: ${detail}`);
        return;
      }
      await engine.activate();
      await body(t, engine.name);
    });
  }
}
