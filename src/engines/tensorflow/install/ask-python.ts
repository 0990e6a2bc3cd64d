import { z } from 'zod';
import { runTool, type Workshop } from '../../install/tool.js';

/** A TensorFlow whose libraries and headers a binding can be built against. */
export interface FoundTensorflow {
  readonly version: string;
  /** `tensorflow-cpu`, `tensorflow`, ... */
  readonly distribution: string;
  readonly python: string;
  /** `include/` is in here. */
  readonly directory: string;
  /** `libtensorflow_cc.so.2` and `libtensorflow_framework.so.2` are in here. */
  readonly libraries: string;
  readonly cuda: boolean;
}
export type PythonAnswer = { readonly found: FoundTensorflow } | { readonly found: undefined; readonly why: string };

/** Looks without importing TensorFlow, which takes seconds and may say much. Finds the libraries beside it (pip) or in the prefix (conda). */
const question = `
import importlib.metadata, importlib.util, json, os, sys
spec = importlib.util.find_spec('tensorflow')
folder = os.path.dirname(spec.origin) if spec and spec.origin else None
names = ('tensorflow-cpu', 'tensorflow', 'tensorflow-intel', 'tensorflow-rocm', 'tensorflow-cpu-aws', 'tf-nightly', 'tf-nightly-cpu')
def version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
named = next(((n, version(n)) for n in names if version(n)), (None, None))
def holds(place):
    return all(os.path.exists(os.path.join(place, f)) for f in ('libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'))
places = [p for p in (folder, os.path.join(sys.prefix, 'lib')) if p and holds(p)]
info = os.path.join(folder, 'python/platform/build_info.py') if folder else ''
text = open(info).read() if os.path.exists(info) else ''
print(json.dumps({
    'python': '%d.%d' % sys.version_info[:2], 'folder': folder, 'distribution': named[0], 'version': named[1],
    'libraries': places[0] if places else None,
    'headers': bool(folder) and os.path.exists(os.path.join(folder, 'include/tensorflow/c/eager/c_api.h')),
    'cuda': "'is_cuda_build', True" in text}))
`;

const Answer = z.object({
  python: z.string(),
  folder: z.string().nullable(),
  distribution: z.string().nullable(),
  version: z.string().nullable(),
  libraries: z.string().nullable(),
  headers: z.boolean(),
  cuda: z.boolean(),
});

/** Asks an interpreter for its TensorFlow. */
export async function askPython(python: string, workshop: Workshop): Promise<PythonAnswer> {
  const ran = await runTool({ program: python, args: ['-c', question], timeoutMs: 30_000 }, workshop);
  if (ran.outcome === 'absent') return missing('there is no such program');
  if (ran.outcome === 'timed-out') return missing(`it did not answer within ${ran.afterMs / 1000} s`);
  if (ran.code !== 0) return missing(`it failed with exit code ${ran.code}: ${ran.words}`);
  const answer = Answer.safeParse(parsed(ran.stdout));
  if (!answer.success) return missing('it did not answer as a Python 3 does');
  const { folder, distribution, version, libraries, headers, cuda } = answer.data;
  if (!folder || !distribution || !version) return missing(`Python ${answer.data.python} has no TensorFlow`);
  if (!libraries) return missing(`TensorFlow ${version} comes without \`libtensorflow_cc.so.2\``);
  if (!headers) return missing(`TensorFlow ${version} comes without its C headers`);
  return { found: { version, distribution, python, directory: folder, libraries, cuda } };
}

const missing = (why: string) => ({ found: undefined, why });

/** The document on the last line; a site hook may print before it. */
function parsed(stdout: string): unknown {
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  } catch {
    return undefined;
  }
}
