import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { UserError } from '../../../src/errors.js';
import { configText, originsOf } from '../../../src/trainer/config/annotate.js';
import { loadTree, loadYaml } from '../../../src/trainer/config/load.js';
import { configSchema, readConfig } from '../../../src/trainer/config/schema.js';
import { plainOf } from '../../../src/trainer/config/tree.js';
import { brokenConfigs } from './broken-configs.js';

type Files = Readonly<Record<string, string | Buffer>>;
function put(folder: string, files: Files): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return join(folder, 'config.yaml');
}
async function merged(folder: string, files: Files, set: readonly string[] = []) {
  return plainOf(await loadTree(put(folder, files), { set, shown: 'config.yaml' }));
}

t.test('mappings merge, lists and values replace, `_delete_` drops; later bases over earlier', async (t) => {
  const files = {
    'config.yaml': '_base_: [sub/one.yaml, two.yaml]\na: { b: 3 }\nlist: [9]\nwhole: { _delete_: true, y: 2 }\n',
    'sub/one.yaml': '_base_: ../root.yaml\na: { b: 1, c: 1 }\nlist: [1, 2, 3]\n',
    'two.yaml': 'a: { c: 2, d: 2 }\n',
    'root.yaml': 'a: { b: 0, z: 0 }\nwhole: { x: 1, deep: { q: 1 } }\nkept: true\n',
  };
  t.same(await merged(t.testdir(), files), { a: { b: 3, z: 0, c: 2, d: 2 }, whole: { y: 2 }, kept: true, list: [9] });
});

t.test('`--set` in YAML, into lists too', async (t) => {
  const folder = t.testdir();
  const files = { 'config.yaml': 'a: { b: [1, { c: 2 }], w: word }\n' };
  const set = (...settings: string[]) => merged(folder, files, settings);
  t.same(await set('a.b.1.c=[x, 1.5, true, null]'), { a: { b: [1, { c: ['x', 1.5, true, null] }], w: 'word' } });
  t.same(await set('a.b.0=7', 'a.b.2=8', 'a.b.2=9'), { a: { b: [7, { c: 2 }, 9], w: 'word' } });
  t.same(await set('a={ n: 1 }'), { a: { b: [1, { c: 2 }], w: 'word', n: 1 } }, 'a mapping merges');
  t.same(await set('a={ _delete_: true, n: 1 }'), { a: { n: 1 } });
  t.same(await set('n.e.w=a=b'), { a: { b: [1, { c: 2 }], w: 'word' }, n: { e: { w: 'a=b' } } });
  for (const [setting, said] of [
    ['a.b', /`--set a\.b` is not of the form/],
    ['=3', /is not of the form/],
    ['a..b=3', /is not of the form/],
    ['a.b.5=3', /`a\.b` is a list of 2, which has no `5`/],
    ['a.b.x=3', /`a\.b` is a list of 2, which has no `x`/],
    ['a.w.x=3', /`a\.w` is `word` and has no parts/],
    ['a.b=[1', /--set a\.b=\[1:1: /],
  ] as const)
    await t.rejects(set(setting), { name: 'UserError', exitCode: 2, message: said }, setting);
});

t.test('every value knows where it was written', async (t) => {
  const folder = t.testdir();
  const file = put(folder, { 'config.yaml': '_base_: ../below.yaml\ntraining:\n  batch: 2\n' });
  const { config, tree } = await readConfig('configs/voc/faster_rcnn_compact.yaml', {
    set: ['training.batch=3'],
    shown: 'configs/voc/faster_rcnn_compact.yaml',
  });
  const origins = originsOf(config, tree);
  t.match(origins, {
    'model.backbone.stem': 'configs/voc/faster_rcnn_compact.yaml:8',
    'model.head.extractor.samples': 'default',
    'training.batch': '--set training.batch=3',
    'training.epochs': /yaml:40$/,
  });
  const text = configText(config, tree, { origins: true });
  t.match(text, /^ {2}batch: 3 # --set training\.batch=3$/m);
  t.match(text, /^ {4}stem: 64 # configs\/voc\/faster_rcnn_compact\.yaml:8$/m);
  const printed = join(folder, 'printed.yaml');
  writeFileSync(printed, text);
  t.same(await loadYaml(printed, configSchema), config, 'what is printed is the config again');
  await t.rejects(readConfig(file, { set: [], shown: 'run/config.yaml' }), {
    message: /run\/config\.yaml:1: `_base_`: no config at `below\.yaml`/,
  });
});

t.test('broken configs: one line with file and place', async (t) => {
  t.ok(brokenConfigs.length >= 30);
  for (const { name, files, said, hint } of brokenConfigs) {
    const error = await readConfig(put(t.testdir(), files), { set: [], shown: 'config.yaml' }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof UserError)) {
      t.fail(`${name}: ${String(error)}`);
      continue;
    }
    t.match(error.message, said, name);
    t.notMatch(error.message, /\n/, `${name}: one line`);
    if (hint) t.match(error.hint, hint, name);
    t.equal(error.exitCode, 2);
  }
});

t.test('a setting on the command line is checked like the file', async (t) => {
  const read = (setting: string) => readConfig('configs/voc/faster_rcnn_compact.yaml', { set: [setting], shown: 'c.yaml' });
  await t.rejects(read('model.backbone.depht=18'), {
    message: /^--set model\.backbone\.depht=18: `model\.backbone\.depht`: `compact` has no such setting/,
  });
  await t.rejects(read('training.batch=two'), { message: /^--set training\.batch=two: `training\.batch`: `two`: expected a number/ });
  const { config } = await read('model.backbone={ _delete_: true, type: resnet, depth: 34 }');
  t.match(config.model.backbone, { type: 'resnet', depth: 34, trainableStages: 5 });
});
