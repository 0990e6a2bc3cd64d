import { containerRuntime } from '../facts/container-runtime.js';
import { deviceLinks } from '../facts/device-links.js';
import { nvidiaDeviceNodes } from '../facts/nvidia-device-nodes.js';
import type { Check } from '../finding.js';
import { inContainer } from '../in-container.js';
import { runningDriver } from '../requirements.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const deviceLinksMissing: Check = {
  id: 'container/device-links-missing',
  title: 'systemd finds the GPU’s devices by their numbers',
  link: 'toolkit',
  requires: [...runningDriver, 'driver/nodes-missing', 'container/toolkit-missing'],
  about:
    'Where docker hands out GPUs, looks for /dev/char/195:0 and so on, which udev does not make for NVIDIA’s nodes. Without them a `systemctl daemon-reload` takes the GPU away from running containers: `Failed to initialize NVML: Unknown Error`. CDI and the cgroupfs driver are not concerned; so it is a note.',
  async examine(facts) {
    const [runtime, links, nodes] = [await facts.of(containerRuntime), await facts.of(deviceLinks), await facts.of(nvidiaDeviceNodes)];
    if (!runtime.known) return undetermined(runtime.why);
    if (
      !runtime.value.toolkit ||
      !runtime.value.runtimes.includes('docker') ||
      runtime.value.cdiFiles.length > 0 ||
      (await inContainer(facts))
    )
      return notApplicable('docker hands out no GPU by its old way here');
    if (!links.known) return undetermined(links.why);
    if (!nodes.known) return undetermined(nodes.why);
    if (links.value.size === 0) return notApplicable('/dev/char is empty');
    const missing = nodes.value.gpus.flatMap(({ path, status }) => {
      const number = status && `${status.major}:${status.minor}`;
      return number && !links.value.has(number) ? [`${path}: no /dev/char/${number}`] : [];
    });
    if (missing.length === 0) return clear('The links are there', links.source);
    return found({
      severity: 'note',
      summary: 'NVIDIA’s devices have no links in /dev/char',
      why: 'After a `systemctl daemon-reload` running containers lose the GPU: `Failed to initialize NVML: Unknown Error`',
      evidence: missing,
      remedy: {
        summary: 'Have them made, at each boot by a udev rule',
        commands: ['sudo nvidia-ctk system create-dev-char-symlinks --create-all'],
        automatic: false,
        needs: ['root'],
      },
    });
  },
};
