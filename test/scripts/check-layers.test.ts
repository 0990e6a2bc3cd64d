import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';

/** What the check says of a tree made of `files`, and its exit status. */
function check(directory: string, files: Readonly<Record<string, string>>): { status: number | null; stderr: string; stdout: string } {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return spawnSync(process.execPath, ['scripts/check-layers.mjs', '--root', directory], { encoding: 'utf8' });
}

t.test('this checkout keeps its own table', async (t) => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/check-layers.mjs'], { encoding: 'utf8' });
  t.equal(stderr, '');
  t.equal(status, 0);
});

t.test('a tree without a source file fails: the gate would measure nothing', async (t) => {
  const { status, stderr } = check(t.testdir(), {});
  t.equal(status, 1);
  t.match(stderr, 'no TypeScript file');
});

t.test('every kind of forbidden import is named with its file and line', async (t) => {
  const { status, stderr, stdout } = check(t.testdir(), {
    'package.json': JSON.stringify({ dependencies: { systeminformation: '1', sharp: '1', commander: '1' } }),
    'src/errors.ts': "export const a = 1;\nimport './cli/main.js';",
    'src/tf.ts': "export * from '#tfjs';",
    'src/host/live-host.ts': "import { osInfo } from 'systeminformation';\nimport { readFileSync } from 'node:fs';\nexport const host = 1;",
    'src/doctor/check.ts': "import { host } from '../host/live-host.js';\nimport { trainer } from '../trainer/engine/runner.js';",
    'src/doctor/fact.ts': "import fs from 'node:fs/promises';\nimport { exec } from 'child_process';",
    'src/nvidia/nvml.ts': "const koffi = await import('koffi');",
    'src/ops/nms.ts': "import * as tf from '#tfjs';\nimport '../tf.js';",
    'src/report/html.ts':
      "import type { A } from '../trainer/engine/runner.js';\nimport { trainer } from '../trainer/engine/runner.js';\nimport { type B } from '../doctor/check.js';",
    'src/trainer/config/load.ts': "import { data } from '../data/voc.js';",
    'src/trainer/data/voc.ts': "import sharp from 'sharp';\nimport './missing.js';\nexport const data = 1;",
    'src/trainer/engine/runner.ts':
      "import { data } from '../data/voc.js';\nnew Worker(new URL('../../host/live-host.js', import.meta.url));\nexport const trainer = 1;",
    'src/cli/main.ts': "import { Command } from 'commander';\nimport '../trainer/engine/runner.js';\nimport 'left-pad';",
    'src/attic/old.ts': 'export const x = 1;',
  });
  t.equal(status, 1);
  t.same(stderr.trim().split('\n').sort(), [
    'src/attic/old.ts: no row of the table in scripts/check-layers.mjs names this room',
    'src/cli/main.ts:3: no row of the table in scripts/check-layers.mjs names the package `left-pad`',
    'src/doctor/check.ts:2: `doctor` may not import `trainer`',
    'src/doctor/fact.ts:1: `node:fs/promises` is not for this file',
    'src/doctor/fact.ts:2: write `node:child_process`',
    'src/errors.ts:2: `errors.ts` may import nothing of ours, not `cli/main.ts`',
    'src/nvidia/nvml.ts:1: package.json does not list `koffi`',
    'src/ops/nms.ts:1: `#tfjs` is not for this file',
    'src/report/html.ts:2: `report` may import only types of `trainer`',
    'src/tf.ts:1: package.json does not list `#tfjs`',
    'src/trainer/config/load.ts:1: `trainer/config` may not import `trainer/data`',
    'src/trainer/data/voc.ts:2: `./missing.js` names no file',
    'src/trainer/engine/runner.ts:2: `trainer` may not import `host`',
  ]);
  t.match(stdout, /13 files, 13 complaints/);
});

t.test('two parts that import each other are a cycle, said once', async (t) => {
  const { status, stderr } = check(t.testdir(), {
    'src/trainer/data/voc.ts': "import '../evaluation/average-precision.js';",
    'src/trainer/evaluation/average-precision.ts': "import '../data/voc.js';",
  });
  t.equal(status, 1);
  t.equal(stderr, 'src/trainer/data/voc.ts:1: a cycle: trainer/data -> trainer/evaluation -> trainer/data\n');
});

t.test('a type of another room may be named by an engine, its functions only by an installer', async (t) => {
  const { status, stderr } = check(t.testdir(), {
    'src/setup/step.ts': 'export const step = 1; export type Step = 1;',
    'src/engines/tensorflow/install.ts': "import { step } from '../../setup/step.js';",
    'src/engines/tensorflow/engine.ts': "import type { Step } from '../../setup/step.js';\nimport { step } from '../../setup/step.js';",
  });
  t.equal(status, 1);
  t.match(stderr, /^src\/engines\/tensorflow\/engine.ts:2: of `engines` only .* may import `setup`\n$/);
});
