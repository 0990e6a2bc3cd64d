import type { HostPath } from '../../host/host.js';
import { type Fact, known } from '../fact.js';
import { isNvidiaModule } from '../running-driver.js';
import { dkms } from './dkms.js';
import { kernel } from './kernel.js';

export interface DkmsLog {
  readonly path: HostPath;
  /** The first line with an error of the compiler or of make; undefined where there is none. */
  readonly error: string | undefined;
}

/** `nvidia/nv-mmap.c:148:10: error: implicit declaration of function 'vm_flags_set'`, or make's `make[1]: *** [Makefile:240: __sub-make] Error 2` */
export function firstBuildError(text: string): string | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.find((line) => /\berror:/i.test(line)) ?? lines.find((line) => /^make(\[\d+\])?: \*\*\*/.test(line));
}

/** The log of the last attempt to build NVIDIA's module for the running kernel; null where there is none. */
export const dkmsLog: Fact<DkmsLog | null> = {
  name: 'dkmsLog',
  async read(host, facts) {
    const [builder, running] = [await facts.of(dkms), await facts.of(kernel)];
    if (!builder.known) return builder;
    const entries = builder.value?.entries.filter(({ module }) => isNvidiaModule(module)) ?? [];
    for (const { module, version, architecture = 'x86_64' } of entries) {
      const tree = `/var/lib/dkms/${module}/${version}`;
      const places = [
        `${tree}/build/make.log`,
        ...(running.known ? [`${tree}/${running.value.release}/${architecture}/log/make.log`] : []),
      ];
      for (const path of places) {
        const answer = await host.read(path as HostPath);
        if (answer.outcome === 'text') return known({ path: path as HostPath, error: firstBuildError(answer.text) }, path);
      }
    }
    return known(null, '/var/lib/dkms');
  },
};
