import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Test } from 'tap';
import type { Command, Host, Ran } from '../../src/host/host.js';
import { rootedHost } from '../../src/host/rooted-host.js';

export interface Machine {
  /** Text by path, also of /proc and /sys: this machine runs. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** Where links lead. */
  readonly links?: Readonly<Record<string, string>>;
  /** What programs print, by their command line; every other one is not there. */
  readonly says?: Readonly<Record<string, string>>;
}

/** A machine of files in a temporary folder, whose kernel and programs answer as told. */
export function machine(t: Pick<Test, 'testdir'>, { files, links = {}, says = {} }: Machine): Host {
  const root = t.testdir({});
  const running = join(root, 'running');
  const isOfKernel = (path: string) => /^\/(proc|sys|dev|run)(\/|$)/.test(path);
  for (const [path, text] of Object.entries(files)) {
    const real = join(isOfKernel(path) ? running : join(root, 'disk'), path);
    mkdirSync(dirname(real), { recursive: true });
    writeFileSync(real, text);
  }
  const disk = rootedHost(join(root, 'disk'));
  const kernel = kernelHost(running);
  const inKernel = <T>(path: `/${string}`, ask: (host: Host, path: `/${string}`) => Promise<T>): Promise<T> =>
    isOfKernel(path) ? ask(kernel, path) : ask(disk, path);
  return {
    origin: 'live',
    read: (path, encoding, lastBytes) => inKernel(path, (host, at) => host.read(at, encoding, lastBytes)),
    stream: (path) => inKernel(path, (host, at) => host.stream(at)),
    list: (path) => inKernel(path, (host, at) => host.list(at)),
    stat: (path) => inKernel(path, (host, at) => host.stat(at)),
    readLink: async (path) => (links[path] === undefined ? { outcome: 'absent' } : { outcome: 'link', target: links[path] }),
    ask: async ({ program, args }: Command): Promise<Ran> => {
      const stdout = says[[program, ...args].join(' ')];
      return stdout === undefined ? { outcome: 'absent' } : { outcome: 'exited', code: 0, stdout, stderr: '' };
    },
  };
}

/** The same folder under another name, since a rooted host leaves /proc and /sys to the kernel. */
function kernelHost(running: string): Host {
  const inner = rootedHost('/');
  const at = (path: `/${string}`) => join(running, path) as `/${string}`;
  return {
    ...inner,
    read: (path, encoding, lastBytes) => inner.read(at(path), encoding, lastBytes),
    stream: (path) => inner.stream(at(path)),
    list: (path) => inner.list(at(path)),
    stat: (path) => inner.stat(at(path)),
  };
}
