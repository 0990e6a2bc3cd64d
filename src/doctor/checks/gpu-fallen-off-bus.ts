import { driverLogOf } from '../driver-log.js';
import type { Check } from '../finding.js';
import { silentGpus } from '../lost-gpus.js';
import { runningDriver } from '../requirements.js';
import { clear, found } from '../verdicts.js';

export const gpuFallenOffBus: Check = {
  id: 'driver/gpu-fallen-off-bus',
  title: 'No GPU fell off the bus',
  link: 'module',
  requires: runningDriver,
  about:
    'Reads the kernel’s log for Xid 79 and `fallen off the bus`: the GPU no longer answers on PCI Express, mostly for its power, its temperature or its seat.',
  async examine(facts) {
    // A line of the log is of the past; what nvidia-smi says is of now.
    const state = await silentGpus(facts);
    if (state && state.of > 0 && state.silent === 0) return clear('No GPU is lost: all of them answer', 'nvidia-smi');
    const log = await driverLogOf(facts);
    if ('verdict' in log) return log.verdict;
    const lines = log.lines.filter(({ text }) => /fallen off the bus|Xid \(PCI:[^)]*\): 79\b/i.test(text));
    if (lines.length === 0) return clear('The kernel’s log tells of no GPU that was lost', log.source);
    return found({
      severity: !state || state.silent === state.of ? 'blocker' : 'warning',
      summary: 'A GPU fell off the bus',
      why: 'It no longer answers on PCI Express: whatever uses it fails or hangs',
      evidence: lines.slice(0, 4).map(({ where, text }) => `${where}: ${text}`),
      remedy: {
        summary: 'Stop the work, switch the machine off and on; where it comes again, look at power cables, temperature and the slot',
        commands: ['sudo systemctl poweroff'],
        automatic: false,
        needs: ['root', 'reboot', 'console'],
      },
    });
  },
};
