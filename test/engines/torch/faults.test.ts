import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { engineSettings } from '../../../src/engines/settings.js';
import { torchEngine, torchFolder } from '../../../src/engines/torch/engine.js';
import { faultOfProcess } from '../../../src/engines/torch/faults.js';
import { inspectLibtorch } from '../../../src/engines/torch/install/inspect-libtorch.js';
import { hashOf, readNativeSources } from '../../../src/engines/torch/install/native-sources.js';
import { type Manifest, readManifest } from '../../../src/engines/torch/manifest.js';
import { wheel } from './libtorch-folders.js';

/** Writes a manifest with `changed` into the engine's folder and answers what `engine list` would say. */
function engineIn(data: string, manifest: Manifest) {
  const settings = engineSettings({ ...process.env, GPU_SETUP_DATA_DIR: data });
  const folder = torchFolder(settings);
  mkdirSync(folder, { recursive: true });
  const engine = torchEngine(settings);
  return {
    engine,
    async detail(changed: object = {}) {
      writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, ...changed }));
      const { available, detail, hint } = await engine.status();
      return available ? `available: ${detail}` : `${detail} (${hint})`;
    },
  };
}

/** A manifest of a libtorch that is a folder of the test, with an addon that is no library. */
async function made(folder: string): Promise<Manifest> {
  const inspection = await inspectLibtorch(wheel(join(folder, 'torch'), '2.13.0'));
  if (!inspection.found) throw new Error(inspection.why);
  const { version, root, libraries, library, cxx11Abi, cuda } = inspection.found;
  mkdirSync(join(folder, 'engines/torch'), { recursive: true });
  const addon = 'no library';
  writeFileSync(join(folder, 'engines/torch/torch.node'), addon);
  return {
    ...{ format: 1, builtAt: new Date().toISOString(), torchVersion: version, torchRoot: root, libraries, library, cxx11Abi, cuda },
    ...{ nodeAbi: process.versions.modules, addon: 'torch.node', addonBytes: addon.length, addonSha256: sha256(addon) },
    ...{ sourcesSha256: (await readNativeSources()).sha256, compiler: 'none' },
  };
}

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

const mended = /\(gpu-setup engine install torch\)$/;

t.test('each fault is one sentence with the command that mends it, and nothing is loaded', async (t) => {
  const folder = t.testdir();
  const manifest = await made(folder);
  const { engine, detail } = engineIn(folder, manifest);
  t.match(await engine.status(), { available: false, detail: 'not installed', hint: 'gpu-setup engine install torch' });
  await t.rejects(engine.activate(), { name: 'UserError', message: /not installed/ });

  t.match(await detail({ nodeAbi: '93' }), /built for Node\.js ABI 93, and this Node\.js \(v.*\) has ABI \d+/);
  t.match(await detail({ torchVersion: '1.12.1' }), /libtorch 1\.12\.1 is too old, 1\.13/);
  t.match(await detail({ sourcesSha256: hashOf(['others']) }), /another version of gpu-setup/);
  t.match(await detail({ addonBytes: 4096 }), /is not whole: 10 of 4096 bytes/);
  t.match(await detail({ addonSha256: hashOf(['another']) }), /was changed after it was built/);
  t.match(await detail({ addon: 'gone.node' }), /gone\.node` is gone/);
  t.match(await detail({ format: 2 }), /manifest\.json` cannot be used/);
  t.match(await detail(), /it cannot be loaded: .*torch\.node: (file too short|invalid ELF header)/);
  t.match(await detail(), mended);
  await t.rejects(engine.activate(), { name: 'UserError', message: /cannot be loaded/, exitCode: 3 });

  const library = join(manifest.libraries, 'libtorch_cpu.so');
  utimesSync(library, new Date(), new Date(Date.now() + 60_000));
  t.match(await detail(), /was changed after the addon was built against its version 2\.13\.0/);
  await t.rejects(engine.activate(), { name: 'UserError', message: /was changed/, exitCode: 3 });
  renameSync(join(folder, 'torch'), join(folder, 'moved'));
  t.match(await detail(), /libtorch 2\.13\.0\+cpu is gone from `.*torch\/lib`/);
  t.match(await detail(), mended);
});

t.test('two libtorches in one process', async (t) => {
  const manifest = await made(t.testdir());
  t.equal(faultOfProcess(manifest, []), undefined);
  t.equal(faultOfProcess(manifest, [manifest.library.path]), undefined);
  t.match(faultOfProcess(manifest, ['/other/libtorch_cpu.so']), /another libtorch, `\/other\/libtorch_cpu\.so`, is loaded in this process/);
});

// The addon that this machine has, copied and spoilt.
const installed = torchFolder(engineSettings(process.env));
const read = await readManifest(installed);
const real = read.manifest;
const status = await torchEngine(engineSettings(process.env)).status();
const skip = real && status.available ? false : `the engine \`torch\` is not installed: ${status.detail}`;

t.test('a real addon: copied it works; cut off or damaged it does not, and says so', { skip }, async (t) => {
  const folder = t.testdir();
  const copy = join(folder, 'engines/torch/torch.node');
  mkdirSync(join(folder, 'engines/torch'), { recursive: true });
  copyFileSync(real!.addon, copy);
  const { detail } = engineIn(folder, { ...real!, addon: 'torch.node' });
  t.match(await detail(), /^available: libtorch \d/);

  truncateSync(copy, 5000);
  t.match(await detail(), /is not whole: 5000 of \d+ bytes/);
  // As if the manifest agreed: the trial in a child process finds out.
  t.match(
    await detail({ addonBytes: 5000, addonSha256: sha256(readFileSync(copy)) }),
    /it cannot be loaded: .*(too short|ELF|ended by SIG)/,
  );
  rmSync(copy);
  t.match(await detail(), /is gone/);
});
