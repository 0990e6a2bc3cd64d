import { buildReason, buildSeverity } from '../build-severity.js';
import { installCommands } from '../distribution-commands.js';
import { compilers } from '../facts/compilers.js';
import type { Check } from '../finding.js';
import { buildNeedOf } from '../running-driver.js';
import { clear, found, undetermined } from '../verdicts.js';

export const noMake: Check = {
  id: 'build/no-make',
  title: 'make is installed',
  link: 'module',
  requires: [],
  about: 'The kernel’s own build rules, which DKMS and the `.run` installer follow, are for make. Without a GPU it is a note.',
  async examine(facts) {
    const tools = await facts.of(compilers);
    if (!tools.known) return undetermined(tools.why);
    const { make } = tools.value;
    if (!make.known) return undetermined(make.why);
    if (make.value !== null) return clear(`make ${make.value}`, make.source);
    const need = await buildNeedOf(facts);
    return found({
      severity: buildSeverity(need),
      summary: 'make is not installed',
      why: buildReason(need),
      evidence: ['no program `make` in PATH'],
      remedy: {
        summary: 'Install make',
        commands: await installCommands(facts, { debian: 'build-essential', redhat: 'make', suse: 'make', arch: 'base-devel' }),
        automatic: false,
        needs: ['root', 'network'],
      },
    });
  },
};
