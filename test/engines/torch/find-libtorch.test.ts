import { createWriteStream, linkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { askPython } from '../../../src/engines/torch/install/ask-python.js';
import { findLibtorches, preferred } from '../../../src/engines/torch/install/find-libtorch.js';
import { inspectLibtorch, type Libtorch } from '../../../src/engines/torch/install/inspect-libtorch.js';
import { archive, debianPrefix, debianPython, interpreter, wheel } from './libtorch-folders.js';

async function found(root: string): Promise<Libtorch> {
  const inspection = await inspectLibtorch(root);
  if (!inspection.found) throw new Error(inspection.why);
  return inspection.found;
}

const workshopIn = (folder: string, env: Record<string, string>) => ({
  env,
  signal: new AbortController().signal,
  log: createWriteStream(join(folder, 'log')),
});

t.test('a wheel, with and without CUDA', async (t) => {
  const folder = t.testdir();
  const cpu = await found(wheel(join(folder, 'cpu'), '2.13.0'));
  t.match(cpu, { version: '2.13.0+cpu', cuda: false, cxx11Abi: true, standard: 'c++17', libraries: join(folder, 'cpu/lib') });
  t.same(cpu.includes, [join(folder, 'cpu/include'), join(folder, 'cpu/include/torch/csrc/api/include')]);
  t.match(await found(wheel(join(folder, 'cuda'), '2.14.1', { cuda: true })), { version: '2.14.1+cu130', cuda: true });
});

t.test('an archive of the old ABI, by its own folder and by the one around it', async (t) => {
  const folder = archive(t.testdir(), '2.1.0');
  t.match(await found(folder), { version: '2.1.0+cpu', cxx11Abi: false, root: join(folder, 'libtorch') });
  t.match(await found(join(folder, 'libtorch')), { version: '2.1.0+cpu' });
});

t.test("Debian's prefix: the file behind the links is what it is known by", async (t) => {
  const folder = debianPrefix(t.testdir(), '1.13.0');
  const libraries = join(folder, 'lib/x86_64-linux-gnu');
  t.match(await found(folder), { version: '1.13.0', libraries, library: { path: join(libraries, 'libtorch_cpu.so.1.13.0') } });
});

t.test('what cannot be used, and why', async (t) => {
  const folder = t.testdir({ empty: {} });
  const why = async (root: string) => {
    const inspection = await inspectLibtorch(root);
    return inspection.found ? 'it can be used' : inspection.why;
  };
  t.match(await why(join(folder, 'empty')), /there is no `libc10\.so`/);
  t.match(await why(join(folder, 'nowhere')), /there is no `libc10\.so`/);
  t.match(await why(wheel(join(folder, 'old'), '1.12.1')), /libtorch 1\.12\.1\+cpu is too old, 1\.13 is the oldest/);
  const bare = wheel(join(folder, 'bare'), '2.13.0');
  rmSync(join(bare, 'include'), { recursive: true });
  t.match(await why(bare), /without libtorch's C\+\+ headers/);
});

t.test('an interpreter is asked where its torch lies', async (t) => {
  const folder = t.testdir({ none: {}, other: {}, broken: {} });
  const workshop = workshopIn(folder, {});
  const torch = wheel(join(folder, 'torch'), '2.13.0');
  const python = interpreter(join(folder, 'bin'), torch);
  t.match(await askPython(python, workshop), { found: { version: '2.13.0+cpu', python, root: torch } });
  t.match(await askPython(interpreter(join(folder, 'none'), ''), workshop), { why: 'it has no torch' });
  t.match(await askPython(join(folder, 'nobody'), workshop), { why: /no such program/ });
  t.match(await askPython('/bin/true', workshop), { why: /did not answer as a Python 3/ });
  t.match(await askPython('/bin/false', workshop), { why: /exit code 1/ });
});

t.test('all of a machine: an active environment, PATH, the prefix; one reached by two ways is named once', async (t) => {
  const folder = t.testdir({ bin: {}, environment: {} });
  const prefix = debianPrefix(join(folder, 'usr'), '1.13.0');
  const debian = debianPython(join(folder, 'dist-packages/torch'), prefix);
  interpreter(join(folder, 'bin'), debian);
  const newer = wheel(join(folder, 'site-packages/torch'), '2.13.0');
  const active = interpreter(join(folder, 'environment/bin'), newer);
  linkSync(active, join(folder, 'environment/bin/python'));
  interpreter(join(folder, 'old'), wheel(join(folder, 'old-torch'), '1.8.1'));
  const env = { VIRTUAL_ENV: join(folder, 'environment'), PATH: `${join(folder, 'bin')}:${join(folder, 'old')}:/nonexistent` };
  const { usable, refused } = await findLibtorches(join(folder, 'engine'), workshopIn(folder, env), [prefix]);
  const ours = usable.filter(({ root }) => root.startsWith(folder));
  t.same(
    ours.map(({ version, root }) => [version, root]),
    [
      ['2.13.0+cpu', newer],
      ['1.13.0', prefix],
    ],
  );
  t.match(
    refused.filter(({ place }) => place.startsWith(folder)),
    [{ place: join(folder, 'old/python3'), why: /1\.8\.1\+cpu is too old/ }],
  );
});

t.test('with CUDA where a driver runs, without where none does, and what there is rather than nothing', async (t) => {
  const [cpu, cuda] = [{ cuda: false } as Libtorch, { cuda: true } as Libtorch];
  t.equal(preferred([cpu, cuda], true), cuda);
  t.equal(preferred([cuda, cpu], false), cpu);
  t.equal(preferred([cpu], true), cpu);
  t.equal(preferred([cuda], false), cuda);
  t.equal(preferred([], false), undefined);
});
