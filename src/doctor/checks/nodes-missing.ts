import { counted } from '../counted.js';
import { nvidiaDeviceNodes } from '../facts/nvidia-device-nodes.js';
import type { Check } from '../finding.js';
import { gpusOf } from '../gpus.js';
import { handIn, inContainer } from '../in-container.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const nodesMissing: Check = {
  id: 'driver/nodes-missing',
  title: 'There is a device node for each GPU, and the control node',
  link: 'nodes',
  about:
    'Compares /dev/nvidia0, /dev/nvidia1, … and /dev/nvidiactl with the GPUs that nvidia owns. Programs reach the driver through these files alone; nvidia-modprobe or udev makes them.',
  async examine(facts) {
    const look = await gpusOf(facts);
    if ('verdict' in look) return look.verdict;
    const nodes = await facts.of(nvidiaDeviceNodes);
    if (!nodes.known) return undetermined(nodes.why);
    const owned = look.gpus.filter(({ driver }) => driver === 'nvidia').length;
    if (owned === 0) return notApplicable('nvidia owns no GPU');
    const { gpus, control } = nodes.value;
    if (gpus.length >= owned && control)
      return clear(`${counted(gpus.length, 'GPU node')} and the control node`, ...gpus.map(({ path }) => path));
    const missing = [
      ...(control ? [] : ['/dev/nvidiactl']),
      ...(gpus.length < owned ? [`${owned - gpus.length} of ${counted(owned, 'GPU node')}`] : []),
    ];
    return found({
      // With a control node and one GPU at least, programs run on what is there.
      severity: control && gpus.length > 0 ? 'warning' : 'blocker',
      summary: `Missing in /dev: ${missing.join(' and ')}`,
      why: 'Programs reach the driver through these files alone: CUDA says `no CUDA-capable device is detected`',
      evidence: [
        `GPUs of nvidia: ${owned}`,
        `nodes: ${[...gpus.map(({ path }) => path), ...(control ? [control.path] : [])].join(' ') || 'none'}`,
      ],
      remedy: (await inContainer(facts))
        ? handIn
        : {
            summary: 'Have them made',
            commands: ['sudo nvidia-modprobe -c 0 -u', 'sudo nvidia-smi -L'],
            automatic: false,
            needs: ['root'],
          },
    });
  },
};
