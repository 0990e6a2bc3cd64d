import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import type { HostPath } from '../../src/host/host.js';
import { locateInside } from '../../src/host/inside-root.js';
import { rootedHost } from '../../src/host/rooted-host.js';

t.test('a link that would lead out of the root stays in it', async (t) => {
  const root = t.testdir({ outside: 'secret', machine: { etc: { hostname: 'inner' } } });
  const machine = join(root, 'machine');
  await symlink('/etc/hostname', join(machine, 'absolute'));
  await symlink('../../../../../etc/hostname', join(machine, 'climbing'));
  await symlink('../outside', join(machine, 'escaping'));
  const host = rootedHost(machine);
  t.same(await host.read('/absolute'), { outcome: 'text', text: 'inner' });
  t.same(await host.read('/climbing'), { outcome: 'text', text: 'inner' });
  t.same(await host.read('/escaping'), { outcome: 'absent' });
  t.same(await host.read('/../outside' as HostPath), { outcome: 'absent' });
});

t.test('whatever the links, no path leaves the root', async (t) => {
  const name = fc.constantFrom('a', 'b', 'c', '..', '.');
  const target = fc
    .tuple(fc.boolean(), fc.array(name, { minLength: 1, maxLength: 5 }))
    .map(([absolute, names]) => (absolute ? '/' : '') + names.join('/'));
  let round = 0;
  const base = t.testdir();
  await fc.assert(
    fc.asyncProperty(fc.array(target, { minLength: 1, maxLength: 3 }), fc.array(name, { maxLength: 6 }), async (targets, path) => {
      const root = join(base, String(round++), 'root');
      await mkdir(join(root, 'd'), { recursive: true });
      for (const [index, each] of targets.entries()) await symlink(each, join(root, 'abc'[index]!));
      const located = await locateInside(root, `/${path.join('/')}`, { follow: 'all' });
      return located.outcome !== 'located' || located.real === root || located.real.startsWith(`${root}/`);
    }),
    { numRuns: 60 },
  );
});

t.test('links in a circle end', async (t) => {
  const root = t.testdir();
  await symlink('/b', join(root, 'a'));
  await symlink('/a', join(root, 'b'));
  t.match(await rootedHost(root).read('/a'), { outcome: 'unavailable', why: /too many symbolic links/ });
});

t.test('what a running kernel makes cannot be known of a folder, not even through a link', async (t) => {
  const root = t.testdir({ proc: { modules: 'of another machine' }, etc: {} });
  await symlink('/proc/modules', join(root, 'etc/link'));
  const host = rootedHost(root);
  t.match(await host.read('/proc/modules'), { outcome: 'unavailable', why: /running kernel/ });
  t.match(await host.read('/etc/link'), { outcome: 'unavailable' });
  t.match(await host.list('/sys'), { outcome: 'unavailable' });
  t.match(await host.stat('/dev/null'), { outcome: 'unavailable' });
  t.match(await host.readLink('/dev/stdin'), { outcome: 'unavailable' });
  t.match(await host.read('/run/motd'), { outcome: 'unavailable' });
  t.match(await host.ask({ program: 'true', args: [] }), { outcome: 'unavailable', why: /`true` cannot be run/ });
});

t.test('a name that only begins like /proc is a name like others', async (t) => {
  const root = t.testdir();
  await writeFile(join(root, 'process'), 'text');
  t.match(await rootedHost(root).read('/process'), { outcome: 'text' });
});
