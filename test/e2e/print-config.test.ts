import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { brokenConfigs } from '../trainer/config/broken-configs.js';
import { gpuSetup } from './gpu-setup.js';

// Many child processes: a busy machine takes its time.
t.setTimeout(240_000);

t.test('print-config: what a config is once everything is in it, and where it comes from', async (t) => {
  const folder = t.testdir({ 'mine.yaml': '_base_: base/voc.yaml\ntraining:\n  batch: 2\n', base: { 'voc.yaml': '' } });
  const printed = gpuSetup(['print-config', 'voc'], { cwd: folder });
  t.equal(printed.code, 0);
  writeFileSync(join(folder, 'base/voc.yaml'), printed.stdout);
  const { code, stdout, stderr } = gpuSetup(['print-config', 'mine.yaml', '--origin', '--json', '--set', 'training.epochs=3'], {
    cwd: folder,
  });
  t.equal(code, 0, stderr);
  const { config, origins } = JSON.parse(stdout);
  t.match(config.training, { batch: 2, epochs: 3 });
  t.match(origins, {
    'training.batch': 'mine.yaml:3',
    'training.epochs': '--set training.epochs=3',
    'model.type': 'base/voc.yaml:2',
  });
  t.match(gpuSetup(['print-config', 'quick/shape'], { cwd: folder }), {
    code: 2,
    stderr: /No config `quick\/shape`\nhint: did you mean `quick\/shapes`\?/,
  });
});

t.test('broken configs: `train` says one line, ends with exit 2 and writes nothing', async (t) => {
  for (const { name, files, said } of brokenConfigs) {
    const folder = t.testdir();
    mkdirSync(folder, { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    const before = readdirSync(folder);
    const { code, stdout, stderr } = gpuSetup(['train', 'config.yaml', '--work-dir', 'run', '--data', 'none'], { cwd: folder });
    t.equal(code, 2, name);
    t.equal(stdout, '', name);
    const [error, ...more] = stderr.trimEnd().split('\n');
    t.match(error, said, name);
    t.ok(more.length <= 1 && more.every((line) => line.startsWith('hint: ')), `${name}: ${stderr}`);
    t.same(readdirSync(folder), before, `${name}: nothing is written`);
    t.notOk(existsSync(join(folder, 'run')));
  }
});
