import { type Fact, known, unknown } from '../fact.js';

/** The dynamic loaders that programs of each architecture ask for: readable where nothing runs. */
const loaders = { x86_64: '/lib64/ld-linux-x86-64.so.2', aarch64: '/lib/ld-linux-aarch64.so.1' } as const;

/** The machine's architecture as `uname -m` says it: `x86_64`, `aarch64`, `ppc64le`. */
export const machine: Fact<string> = {
  name: 'machine',
  async read(host) {
    const answer = await host.ask({ program: 'uname', args: ['-m'] });
    if (answer.outcome === 'exited' && answer.code === 0) return known(answer.stdout.trim(), 'uname -m');
    for (const [name, loader] of Object.entries(loaders)) {
      if ((await host.stat(loader)).outcome === 'status') return known(name, loader);
    }
    for (const name of Object.keys(loaders) as (keyof typeof loaders)[]) {
      const libraries = `/usr/lib/${name}-linux-gnu` as const;
      if ((await host.list(libraries)).outcome === 'entries') return known(name, libraries);
    }
    return unknown('neither `uname -m` nor a dynamic loader or a folder of libraries tells the architecture');
  },
};
