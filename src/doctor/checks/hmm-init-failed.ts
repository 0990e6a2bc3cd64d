import { driverLogOf } from '../driver-log.js';
import type { Check } from '../finding.js';
import { runningDriver } from '../requirements.js';
import { clear, found } from '../verdicts.js';

const parameter = '/sys/module/nvidia_uvm/parameters/uvm_disable_hmm';

export const hmmInitFailed: Check = {
  id: 'driver/hmm-init-failed',
  title: 'Unified memory can be initialised',
  link: 'libraries',
  requires: [...runningDriver, 'driver/gpu-fallen-off-bus', 'driver/gpu-init-failed'],
  about:
    'Reads the kernel’s log since the boot for `nvidia-uvm: … request_free_mem_region() err`: some kernels with KASLR leave no room for HMM, and cuInit ends with 3, `initialization error`, while nvidia-smi looks healthy.',
  async examine(facts) {
    const log = await driverLogOf(facts);
    if ('verdict' in log) return log.verdict;
    const lines = log.lines.filter(({ text }) => /nvidia[-_]uvm.*request_free_mem_region\(\) err/.test(text));
    if (lines.length === 0) return clear('The kernel’s log tells of no failure', log.source);
    const switched = await facts.host.read(parameter);
    if (switched.outcome === 'text' && /^(Y|1)$/.test(switched.text.trim())) return clear('HMM was switched off since', parameter);
    return found({
      severity: 'blocker',
      summary: 'The unified-memory module finds no room for HMM, and CUDA cannot be initialised',
      why: 'cuInit ends with 3, `initialization error`, in every program, though nvidia-smi looks healthy',
      evidence: lines.slice(-3).map(({ where, text }) => `${where}: ${text}`),
      remedy: {
        summary: 'Switch HMM off for nvidia_uvm and reboot; or boot with `nokaslr`',
        commands: ["echo 'options nvidia_uvm uvm_disable_hmm=1' | sudo tee /etc/modprobe.d/nvidia-uvm-hmm.conf", 'sudo systemctl reboot'],
        automatic: false,
        needs: ['root', 'reboot'],
      },
    });
  },
};
