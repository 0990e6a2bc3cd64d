import { kernelLog } from '../facts/kernel-log.js';
import { persistenceDaemon } from '../facts/persistence-daemon.js';
import type { Check } from '../finding.js';
import { runningDriver } from '../requirements.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const persistenceDaemonFailed: Check = {
  id: 'driver/persistence-daemon-failed',
  title: 'The persistence daemon did not fail',
  link: 'libraries',
  requires: runningDriver,
  about:
    'Asks systemd for nvidia-persistenced, and the kernel’s log for `Persistence mode is deprecated`, which `nvidia-smi -pm 1` brings about. Without either the driver starts each GPU anew for each program, which takes seconds.',
  async examine(facts) {
    const [state, log] = [await facts.of(persistenceDaemon), await facts.of(kernelLog)];
    const [line] = log.known ? log.value.filter(({ text }) => /Persistence mode is deprecated/.test(text)) : [];
    if (state.known && state.value === 'failed') {
      return found({
        severity: 'warning',
        summary: 'nvidia-persistenced failed',
        why: 'Each program waits for the driver to start its GPU, and settings of the GPU are lost between programs',
        evidence: [`${state.source}: failed`],
        remedy: {
          summary: 'Its log says why',
          commands: ['systemctl status nvidia-persistenced', 'journalctl -u nvidia-persistenced -b'],
          automatic: false,
          needs: ['root'],
        },
      });
    }
    if (line && !(state.known && state.value === 'active')) {
      return found({
        severity: 'note',
        summary: 'Persistence mode was set in the old way',
        why: '`nvidia-smi -pm 1` will go; the daemon does the same and survives a reboot',
        evidence: [`${line.where}: ${line.text}`],
        remedy: {
          summary: 'Enable the daemon',
          commands: ['sudo systemctl enable --now nvidia-persistenced'],
          automatic: false,
          needs: ['root'],
        },
      });
    }
    if (state.known && state.value === null) return notApplicable(state.source);
    return state.known ? clear(`nvidia-persistenced is ${state.value}`, state.source) : undetermined(state.why);
  },
};
