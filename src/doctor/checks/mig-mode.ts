import { counted } from '../counted.js';
import { mig } from '../facts/mig.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const migMode: Check = {
  id: 'driver/mig-mode',
  title: 'No GPU is divided without anything to run on',
  link: 'libraries',
  requires: ['driver/nvidia-smi-fails'],
  about:
    'Asks for the MIG mode of GPUs that can be divided, and counts their compute instances in /proc/driver/nvidia/capabilities. Without instances CUDA sees no device; with them each program sees one instance, which is a note.',
  async examine(facts) {
    const gpus = await facts.of(mig);
    if (!gpus.known) return undetermined(gpus.why);
    if (gpus.value.length === 0) return notApplicable(gpus.source);
    const divided = gpus.value.filter(({ enabled }) => enabled);
    if (divided.length === 0) return clear('No GPU is divided', gpus.source);
    const empty = divided.filter(({ instances }) => instances === 0);
    const lines = divided.map(
      ({ index, instances }) =>
        `GPU ${index}: MIG enabled, ${instances === undefined ? 'an unknown number of compute instances' : counted(instances, 'compute instance')}`,
    );
    if (empty.length === 0) {
      return found({
        severity: 'note',
        summary: `${divided.length === gpus.value.length ? 'Every GPU' : `${divided.length} of ${counted(gpus.value.length, 'GPU')}`} is divided into instances (MIG)`,
        why: 'A program sees one instance, however many there are',
        evidence: lines,
        remedy: {
          summary: 'Choose an instance by its UUID',
          commands: ['nvidia-smi -L', 'export CUDA_VISIBLE_DEVICES=MIG-…'],
          automatic: false,
          needs: [],
        },
      });
    }
    return found({
      severity: empty.length === gpus.value.length ? 'blocker' : 'warning',
      summary: `MIG is enabled on GPU ${empty.map(({ index }) => index).join(', ')}, and there is no instance`,
      why: 'CUDA runs on compute instances alone there, and says that no device is there',
      evidence: lines,
      remedy: {
        summary: 'Make instances, or switch MIG off',
        commands: ['sudo nvidia-smi mig -cgi 0 -C', `sudo nvidia-smi -i ${empty.map(({ index }) => index).join(',')} -mig 0`],
        automatic: false,
        needs: ['root'],
      },
    });
  },
};
