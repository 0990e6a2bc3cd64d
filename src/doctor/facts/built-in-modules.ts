import type { HostPath } from '../../host/host.js';
import { type Fact, known } from '../fact.js';
import { installedKernels } from './installed-kernels.js';
import { moduleName } from './module-blacklist.js';

/** `kernel/drivers/gpu/drm/nouveau/nouveau.ko` as `nouveau` */
export const parseBuiltIn = (text: string): readonly string[] =>
  [...text.matchAll(/([^/\s]+)\.ko$/gm)].map(([, name]) => moduleName(name!));

/** Of each installed kernel the modules that are a part of it: nothing keeps those from being there. */
export const builtInModules: Fact<ReadonlyMap<string, readonly string[]>> = {
  name: 'builtInModules',
  async read(host, facts) {
    const kernels = await facts.of(installedKernels);
    if (!kernels.known) return kernels;
    const found = new Map<string, readonly string[]>();
    for (const { release } of kernels.value) {
      const answer = await host.read(`/lib/modules/${release}/modules.builtin` as HostPath);
      found.set(release, answer.outcome === 'text' ? parseBuiltIn(answer.text) : []);
    }
    return known(found, '/lib/modules/*/modules.builtin');
  },
};
