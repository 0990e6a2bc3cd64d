import { realpath } from 'node:fs/promises';
import { pythonCandidates } from '../../install/find-python.js';
import { venvIsWhole, venvPython } from '../../install/make-venv.js';
import type { Workshop } from '../../install/tool.js';
import { askPython } from './ask-python.js';
import { type Inspection, inspectLibtorch, type Libtorch } from './inspect-libtorch.js';

export interface Looked {
  /** Those that can be used, in the order of the places. */
  readonly usable: readonly Libtorch[];
  /** Those that cannot, with the reason; a Python without torch is none. */
  readonly refused: readonly { readonly place: string; readonly why: string }[];
}

/**
 * Every libtorch of this machine: of the active environment, the interpreters in PATH and in a conda's usual place, our own
 * environment, and the distribution's package. One that is reached by two ways is named once.
 */
export async function findLibtorches(engineFolder: string, workshop: Workshop, prefixes: readonly string[] = ['/usr']): Promise<Looked> {
  const usable = new Map<string, Libtorch>();
  const refused: { place: string; why: string }[] = [];
  const note = (place: string, inspection: Inspection) => {
    if (inspection.found) {
      const { path } = inspection.found.library;
      if (!usable.has(path)) usable.set(path, inspection.found);
    } else refused.push({ place, why: inspection.why });
  };
  const asked = new Set<string>();
  const pythons = [...(await pythonCandidates(workshop.env)), ...((await venvIsWhole(engineFolder)) ? [venvPython(engineFolder)] : [])];
  for (const python of pythons) {
    // `python3` and `python3.11` of one folder are the same; an environment's is a link to the one that made it, and is not.
    const identity = `${python.replace(/[^/]*$/, '')}${await realpath(python)}`;
    if (asked.has(identity)) continue;
    asked.add(identity);
    const inspection = await askPython(python, workshop);
    if (inspection.found || inspection.why !== 'it has no torch') note(python, inspection);
  }
  for (const prefix of prefixes) {
    const inspection = await inspectLibtorch(prefix);
    // Debian's Python package has links to the very same files: then it is the distribution's own that is named.
    if (inspection.found) usable.set(inspection.found.library.path, inspection.found);
    else if (!inspection.why.startsWith('there is no')) refused.push({ place: prefix, why: inspection.why });
  }
  return { usable: [...usable.values()], refused };
}

/** The one to build against: with CUDA where a driver runs; else the first without, which loads faster. */
export function preferred(usable: readonly Libtorch[], driver: boolean): Libtorch | undefined {
  return usable.find(({ cuda }) => cuda === driver) ?? usable[0];
}
