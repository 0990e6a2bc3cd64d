import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { dictPickle, global, pickle, tensor, text, tuple } from '../trainer/weights/pickle-of.js';
import { writeWeights } from '../trainer/weights/weights-of.js';
import { zipOf } from '../trainer/weights/zip-of.js';
import { gpuSetup } from './gpu-setup.js';

// A child process for each.
t.setTimeout(120_000);

t.test('bad weights end the program with exit code 2, one line and its hint, and nothing written', async (t) => {
  const cwd = t.testdir({});
  const storage = { name: 'a/data/0', content: Buffer.alloc(8) };
  const claims = (count: number) => ({ name: 'a/data.pkl', content: dictPickle({ w: tensor({ count, shape: [count] }) }) });
  const files: Readonly<Record<string, [Buffer, RegExp]>> = {
    'code.pth': [pickle(global('posix', 'system'), tuple(text('touch ran')), 'R'), /at byte 2: it would call `posix\.system`/],
    'truncated.pth': [zipOf([claims(2), storage]).subarray(0, 150), /it is cut off/],
    'huge.pth': [zipOf([claims(25_000_000_000), storage]), /claim 100\.0 GB, there are 8 bytes/],
    'bomb.pth': [zipOf([claims(50_000_000), { ...storage, content: Buffer.alloc(200_000_000), deflated: true }]), /refused as a zip bomb/],
  };
  for (const [name, [bytes]] of Object.entries(files)) writeFileSync(join(cwd, name), bytes);
  for (const [name, [, expected]] of Object.entries(files)) {
    for (const args of [
      ['show', name],
      ['convert', name, 'out.safetensors'],
    ]) {
      const { code, stdout, stderr } = gpuSetup(['weights', ...args], { cwd });
      t.equal(code, 2, `${args.join(' ')}: ${stderr}`);
      t.equal(stdout, '');
      t.match(stderr, expected);
      t.match(stderr, /^error: [^\n]+\n(hint: [^\n]+\n)?$/);
    }
  }
  t.same(readdirSync(cwd).sort(), Object.keys(files).sort());
});

t.test('a file is shown and converted by the program as it is built', async (t) => {
  const cwd = t.testdir({});
  writeWeights(join(cwd, 'a.safetensors'), { 'conv1.weight': { shape: [4, 3, 7, 7] }, 'layer1.0.conv1.weight': { shape: [4, 4, 3, 3] } });
  const shown = gpuSetup(['weights', 'show', 'a.safetensors'], { cwd });
  t.equal(shown.code, 0, shown.stderr);
  t.match(shown.stdout, /backbone\.stem\.conv\.weight \[7, 7, 3, 4\]/);
  t.equal(gpuSetup(['weights', 'convert', 'a.safetensors', 'b.safetensors', '--names', 'ours'], { cwd }).code, 0);
  t.equal(gpuSetup(['weights', 'list'], { cwd }).code, 0);
});
