import { installCommands } from '../distribution-commands.js';
import { pythons } from '../facts/pythons.js';
import type { Check } from '../finding.js';
import { clear, found, undetermined } from '../verdicts.js';

export const noInterpreter: Check = {
  id: 'python/no-interpreter',
  title: 'A Python 3 interpreter is installed',
  link: 'framework',
  requires: [],
  about:
    'Lists the interpreters in PATH, of pyenv, of conda and of the active virtual environment. The engines `torch` and `tensorflow` take their library from one; the `wasm` engine needs none, so it is a note.',
  async examine(facts) {
    const interpreters = await facts.of(pythons);
    if (!interpreters.known) return undetermined(interpreters.why);
    const lines = interpreters.value.map(({ path, version, kind }) => `${path}: ${version ?? 'of unknown version'} (${kind})`);
    if (interpreters.value.some(({ version }) => version === undefined || !version.startsWith('2.'))) {
      return clear(`Python ${interpreters.value.map(({ version }) => version ?? 'of unknown version').join(', ')}`, ...lines);
    }
    return found({
      severity: 'note',
      summary: lines.length > 0 ? 'Only Python 2 is installed' : 'No Python interpreter is installed',
      why: 'The `tensorflow` engine takes its library from a Python environment; the `wasm` engine works without',
      evidence: lines.length > 0 ? lines : [`looked in ${interpreters.source}`],
      remedy: {
        summary: 'Install Python 3 with its venv module',
        commands: await installCommands(facts, { debian: 'python3 python3-venv', redhat: 'python3', suse: 'python3', arch: 'python' }),
        automatic: false,
        needs: ['root', 'network'],
      },
    });
  },
};
