import { pendingReboot } from '../facts/pending-reboot.js';
import type { Check } from '../finding.js';
import { clear, found, undetermined } from '../verdicts.js';

export const rebootPending: Check = {
  id: 'host/reboot-pending',
  title: 'No package of the kernel or the driver waits for a reboot',
  link: 'libraries',
  requires: [],
  about:
    'Reads /run/reboot-required.pkgs for kernels and NVIDIA’s packages: what is installed is not yet what runs. A note, for nothing is broken by it.',
  async examine(facts) {
    const waiting = await facts.of(pendingReboot);
    if (!waiting.known) return undetermined(waiting.why);
    const ours = waiting.value.filter((name) => /nvidia|^linux-/.test(name));
    if (ours.length === 0) return clear('Nothing waits', waiting.source);
    return found({
      severity: 'note',
      summary: `A reboot is pending for ${ours.join(', ')}`,
      why: 'The next boot brings another kernel or driver than the one that runs',
      evidence: ours.map((name) => `${waiting.source}: ${name}`),
      remedy: { summary: 'Reboot when it suits', commands: ['sudo systemctl reboot'], automatic: false, needs: ['root', 'reboot'] },
    });
  },
};
