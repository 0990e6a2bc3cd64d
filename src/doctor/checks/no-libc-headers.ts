import { installCommands } from '../distribution-commands.js';
import { libcHeaders } from '../facts/libc-headers.js';
import type { Check } from '../finding.js';
import { buildNeedOf } from '../running-driver.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const noLibcHeaders: Check = {
  id: 'build/no-libc-headers',
  title: 'The headers of the C library are installed',
  link: 'module',
  requires: ['build/no-gcc'],
  about:
    'Looks for /usr/include/stdio.h. The `.run` installer says `You do not appear to have libc header files`; DKMS needs none of them.',
  async examine(facts) {
    const headers = await facts.of(libcHeaders);
    if (!headers.known) return undetermined(headers.why);
    if (headers.value === null) return notApplicable('there is no /usr/include');
    if (headers.value) return clear('/usr/include/stdio.h is there');
    const need = await buildNeedOf(facts);
    if (need === 'no-gpu' || need === 'container') return notApplicable('nothing is built here');
    return found({
      severity: 'note',
      summary: 'The headers of the C library are not installed',
      why: 'The `.run` installer and whoever compiles programs needs them; DKMS does without',
      evidence: ['no stdio.h in /usr/include'],
      remedy: {
        summary: 'Install them',
        commands: await installCommands(facts, { debian: 'libc6-dev', redhat: 'glibc-devel', suse: 'glibc-devel', arch: 'glibc' }),
        automatic: false,
        needs: ['root', 'network'],
      },
    });
  },
};
