import type { LoadedModule } from '../../doctor/facts/loaded-modules.js';
import { unloadOrder } from '../steps/unload-modules.js';

/** The driver's modules in the kernel and whatever uses them (`gdrdrv`, `nvidia_fs`), users before what they use. */
export function modulesToUnload(loaded: readonly LoadedModule[]): readonly string[] {
  const byName = new Map(loaded.map((module) => [module.name, module]));
  const order: string[] = [];
  const visit = (name: string): void => {
    if (order.includes(name)) return;
    for (const user of byName.get(name)?.usedBy ?? []) if (byName.has(user)) visit(user);
    order.push(name);
  };
  for (const name of unloadOrder) if (byName.has(name)) visit(name);
  return order;
}
