import { driverLogOf } from '../driver-log.js';
import type { Check } from '../finding.js';
import { silentGpus } from '../lost-gpus.js';
import { runningDriver } from '../requirements.js';
import { clear, found } from '../verdicts.js';

export const gpuInitFailed: Check = {
  id: 'driver/gpu-init-failed',
  title: 'The driver could start every GPU',
  link: 'module',
  requires: [...runningDriver, 'driver/gpu-not-claimed', 'driver/gsp-firmware-missing', 'driver/gpu-fallen-off-bus'],
  about:
    'Reads the kernel’s log for `RmInitAdapter failed!` and `None of the NVIDIA devices were initialized`, with the codes that the driver gives. Hardware, firmware, or a virtual machine that does not pass the GPU through whole.',
  async examine(facts) {
    // A line of the log is of the past; what nvidia-smi says is of now.
    const state = await silentGpus(facts);
    if (state && state.of > 0 && state.silent === 0) return clear('Every GPU was started: all of them answer', 'nvidia-smi');
    const log = await driverLogOf(facts);
    if ('verdict' in log) return log.verdict;
    const lines = log.lines.filter(({ text }) =>
      /RmInitAdapter failed|rm_init_adapter failed|None of the NVIDIA devices were initialized/.test(text),
    );
    if (lines.length === 0) return clear('The kernel’s log tells of no GPU that did not start', log.source);
    const [, codes] = lines.map(({ text }) => text.match(/RmInitAdapter failed! \((\S+)\)/)).find((match) => match) ?? [];
    return found({
      severity: !state || state.silent === state.of ? 'blocker' : 'warning',
      summary: `The driver could not start a GPU${codes ? ` (${codes})` : ''}`,
      why: 'A GPU that does not start has no work done on it',
      evidence: lines.slice(0, 4).map(({ where, text }) => `${where}: ${text}`),
      remedy: {
        summary: 'Switch the machine off and on; then install the driver anew; in a virtual machine look at how the GPU is passed through',
        commands: ['sudo dmesg | grep NVRM'],
        automatic: false,
        needs: ['root', 'reboot'],
      },
    });
  },
};
