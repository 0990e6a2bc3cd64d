import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readPreferredEngine, writePreferredEngine } from '../../src/cli/preferred-engine.js';

t.test('the choice is kept, and what else is in the file too', async (t) => {
  const folder = join(t.testdir(), 'new');
  const file = join(folder, 'config.yaml');
  t.equal(await readPreferredEngine(file), undefined);
  await writePreferredEngine(file, 'wasm');
  t.equal(readFileSync(file, 'utf8'), 'engine: wasm\n');
  writeFileSync(file, '# mine\nother: 1\nengine: wasm\n');
  await writePreferredEngine(file, 'tensorflow');
  t.equal(readFileSync(file, 'utf8'), '# mine\nother: 1\nengine: tensorflow\n');
  await writePreferredEngine(file, undefined);
  t.equal(await readPreferredEngine(file), undefined);
  t.same(readdirSync(folder), ['config.yaml']);
});

t.test('a file that is something else is left alone', async (t) => {
  const file = join(t.testdir({ 'config.yaml': 'engine: [' }), 'config.yaml');
  await t.rejects(writePreferredEngine(file, 'wasm'), { name: 'UserError', exitCode: 2 });
  t.equal(readFileSync(file, 'utf8'), 'engine: [');
  writeFileSync(file, 'engine: jax\n');
  await t.rejects(readPreferredEngine(file), { message: /"jax"/ });
  writeFileSync(file, '- a\n');
  await t.rejects(readPreferredEngine(file), { message: /not a map/ });
});
