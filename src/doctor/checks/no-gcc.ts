import { buildReason, buildSeverity } from '../build-severity.js';
import { installCommands } from '../distribution-commands.js';
import { compilers } from '../facts/compilers.js';
import type { Check } from '../finding.js';
import { buildNeedOf } from '../running-driver.js';
import { clear, found, undetermined } from '../verdicts.js';

export const noGcc: Check = {
  id: 'build/no-gcc',
  title: 'gcc is installed',
  link: 'module',
  requires: [],
  about:
    'DKMS and the `.run` installer build the kernel module with gcc; the engines `torch` and `tensorflow` are built with g++. Without a GPU it is a note.',
  async examine(facts) {
    const tools = await facts.of(compilers);
    if (!tools.known) return undetermined(tools.why);
    const { gcc } = tools.value;
    if (!gcc.known) return undetermined(gcc.why);
    if (gcc.value !== null) return clear(`gcc ${gcc.value}`, gcc.source);
    const need = await buildNeedOf(facts);
    return found({
      severity: buildSeverity(need),
      summary: 'gcc is not installed',
      why: buildReason(need),
      evidence: ['no program `gcc` in PATH'],
      remedy: {
        summary: 'Install the compiler',
        commands: await installCommands(facts, {
          debian: 'build-essential',
          redhat: 'gcc gcc-c++',
          suse: 'gcc gcc-c++',
          arch: 'base-devel',
        }),
        automatic: false,
        needs: ['root', 'network'],
      },
    });
  },
};
