import { deviceRules } from '../facts/device-rules.js';
import { nvidiaDeviceNodes } from '../facts/nvidia-device-nodes.js';
import { nvidiaSmi } from '../facts/nvidia-smi.js';
import type { Check } from '../finding.js';
import { inContainer } from '../in-container.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

/** The major number of /dev/nvidia0 and /dev/nvidiactl, the same on every Linux (Documentation/admin-guide/devices.txt). */
const nvidiaMajor = '195';

export const devicesDenied: Check = {
  id: 'container/devices-denied',
  title: 'This container may open the GPU’s devices',
  link: 'nodes',
  requires: ['host/no-nvidia-gpu', 'driver/module-missing', 'driver/nodes-missing'],
  about:
    'In a container reads the device rules of its cgroup where they can be read, and what nvidia-smi says. `systemctl daemon-reload` on the machine outside takes the rules away from running containers: `Failed to initialize NVML: Unknown Error`.',
  async examine(facts) {
    if (!(await inContainer(facts))) return notApplicable('this is no container');
    const [nodes, rules, smi] = [await facts.of(nvidiaDeviceNodes), await facts.of(deviceRules), await facts.of(nvidiaSmi)];
    if (!nodes.known) return undetermined(nodes.why);
    if (nodes.value.gpus.length === 0) return notApplicable('the container was given no GPU');
    const denied =
      rules.known &&
      rules.value !== null &&
      !rules.value.some(({ kind, major }) => kind === 'a' || (kind === 'c' && ['*', nvidiaMajor].includes(major)));
    const answer = smi.known ? smi.value : null;
    const blocked =
      answer?.outcome === 'failed' &&
      (answer.code === 17 || /Failed to initialize NVML: (Unknown Error|Insufficient Permissions)/i.test(answer.message));
    if (!denied && !blocked) return clear('Nothing denies the devices', rules.known && rules.value ? rules.source : 'nvidia-smi');
    return found({
      severity: 'blocker',
      summary: 'The cgroup of this container denies the GPU’s devices',
      why: 'The nodes are there, and opening them is forbidden',
      evidence: [
        ...(denied && rules.known ? [`${rules.source} has no rule for c ${nvidiaMajor}:*`] : []),
        ...(blocked ? [`nvidia-smi: ${answer.message || answer.meaning}`] : []),
      ],
      remedy: {
        summary: 'Start the container again. So that it stays so, outside: make the links of /dev/char, or hand the GPU in by CDI',
        commands: ['sudo nvidia-ctk system create-dev-char-symlinks --create-all'],
        automatic: false,
        needs: ['root'],
      },
    });
  },
};
