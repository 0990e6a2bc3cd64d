import { counted } from '../counted.js';
import { nvidiaSmi } from '../facts/nvidia-smi.js';
import type { Check, RemedyAdvice } from '../finding.js';
import { gpusOf } from '../gpus.js';
import { clear, found, undetermined } from '../verdicts.js';

export const nvidiaSmiFails: Check = {
  id: 'driver/nvidia-smi-fails',
  title: 'nvidia-smi answers, for every GPU',
  link: 'libraries',
  requires: [
    'host/no-nvidia-gpu',
    'host/pci-regions-unassigned',
    'kernel/nouveau-loaded',
    'kernel/gpu-owned-by-other-driver',
    'driver/module-not-loaded',
    'driver/gpu-not-claimed',
    'driver/gsp-firmware-missing',
    'driver/gpu-fallen-off-bus',
    'driver/gpu-init-failed',
    'driver/nodes-missing',
    'container/devices-denied',
    'driver/libraries-missing',
    'driver/library-links-broken',
    'driver/version-mismatch',
  ],
  about:
    'Runs nvidia-smi for 30 seconds at most and reads its exit code, which is the return value of NVML: 9 no driver loaded, 15 GPU lost, 18 versions differ. It goes the whole way from the library to the hardware.',
  async examine(facts) {
    const look = await gpusOf(facts);
    if ('verdict' in look) return look.verdict;
    const smi = await facts.of(nvidiaSmi);
    if (!smi.known) return undetermined(smi.why);
    const answer = smi.value;
    if (answer === null) {
      return found({
        severity: 'warning',
        summary: 'nvidia-smi is not installed',
        why: 'CUDA works without it; nothing shows what the GPUs do',
        evidence: ['no program `nvidia-smi` in PATH'],
        remedy: {
          summary: 'Install the driver’s utilities',
          commands: ['gpu-setup install-driver --dkms --dry-run'],
          automatic: true,
          needs: ['root', 'network'],
        },
      });
    }
    if (answer.outcome === 'timed-out') {
      return found({
        severity: 'blocker',
        summary: `nvidia-smi hangs: no answer in ${answer.afterMs / 1000} s`,
        why: 'The driver waits for a GPU that does not answer; whatever opens the GPU will hang too',
        evidence: [`nvidia-smi was stopped after ${answer.afterMs / 1000} s`],
        remedy: rebootRemedy,
      });
    }
    if (answer.outcome === 'failed') {
      return found({
        severity: 'blocker',
        summary: `nvidia-smi ended with ${answer.code}: ${answer.meaning}`,
        why: 'What nvidia-smi cannot do, no CUDA program can',
        evidence: [`nvidia-smi: ${answer.message || 'no message'}`],
        remedy: [15, 16].includes(answer.code) ? rebootRemedy : logRemedy,
      });
    }
    const owned = look.gpus.filter(({ driver }) => driver === 'nvidia').length;
    const lines = answer.gpus.map(({ index, address, name, driverVersion, memoryMiB }) =>
      [`${index}: ${name}`, address, `driver ${driverVersion}`, memoryMiB && `${memoryMiB} MiB`].filter(Boolean).join(', '),
    );
    if (answer.gpus.length >= owned) return clear(`nvidia-smi sees ${counted(answer.gpus.length, 'GPU')}`, ...lines);
    return found({
      severity: answer.gpus.length === 0 ? 'blocker' : 'warning',
      summary: `nvidia-smi sees ${answer.gpus.length} of ${counted(owned, 'GPU')}`,
      why: 'The driver could not start the others: their hardware, their power or their firmware',
      evidence: lines.length > 0 ? lines : ['nvidia-smi listed no GPU'],
      remedy: logRemedy,
    });
  },
};

const logRemedy: RemedyAdvice = {
  summary: 'The kernel’s log says what the driver met',
  commands: ['sudo dmesg | grep -E "NVRM|Xid" | tail -n 20'],
  automatic: false,
  needs: ['root'],
};
const rebootRemedy: RemedyAdvice = {
  summary: 'Look for `Xid` and `fallen off the bus` in the kernel’s log; then switch the machine off and on, a reboot may not be enough',
  commands: ['sudo dmesg | grep -E "NVRM|Xid" | tail -n 20'],
  automatic: false,
  needs: ['root', 'reboot'],
};
