import { z } from 'zod';
import { parseModules } from '../../doctor/facts/loaded-modules.js';
import { moduleName } from '../../doctor/facts/module-blacklist.js';
import type { Host } from '../../host/host.js';
import type { Json } from '../step.js';

/** The modules in the kernel, none where it takes none; undefined where it cannot be asked. */
export async function loadedNames(host: Host): Promise<ReadonlySet<string> | undefined> {
  const answer = await host.read('/proc/modules');
  if (answer.outcome === 'unavailable') return undefined;
  return new Set(answer.outcome === 'text' ? parseModules(answer.text).map(({ name }) => name) : []);
}

/** Those of `modules` that are in the kernel. */
export async function loadedOf(host: Host, modules: readonly string[]): Promise<readonly string[]> {
  const loaded = await loadedNames(host);
  return modules.filter((module) => loaded?.has(moduleName(module)));
}

/** A list of names that the journal keeps. */
export const namesIn = (record: Json): readonly string[] => z.array(z.string()).parse(record);
