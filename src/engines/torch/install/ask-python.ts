import { runTool, type Workshop } from '../../install/tool.js';
import { type Inspection, inspectLibtorch } from './inspect-libtorch.js';

/** Asks where the package lies; importing it takes seconds. */
const question = `
import importlib.util
spec = importlib.util.find_spec('torch')
print('torch:' + (spec.submodule_search_locations[0] if spec and spec.submodule_search_locations else ''))
`;

/** The libtorch inside the torch of an interpreter. */
export async function askPython(python: string, workshop: Workshop): Promise<Inspection> {
  const ran = await runTool({ program: python, args: ['-c', question], timeoutMs: 30_000 }, workshop);
  if (ran.outcome === 'absent') return missing('there is no such program');
  if (ran.outcome === 'timed-out') return missing(`it did not answer within ${ran.afterMs / 1000} s`);
  if (ran.code !== 0) return missing(`it failed with exit code ${ran.code}: ${ran.words}`);
  // A site hook may print before it.
  const folder = /^torch:(.*)$/m.exec(ran.stdout)?.[1];
  if (folder === undefined) return missing('it did not answer as a Python 3 does');
  if (folder === '') return missing('it has no torch');
  return inspectLibtorch(folder, python);
}

const missing = (why: string) => ({ found: undefined, why });
