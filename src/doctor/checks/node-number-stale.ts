import { characterDevices } from '../facts/character-devices.js';
import { nvidiaDeviceNodes } from '../facts/nvidia-device-nodes.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const nodeNumberStale: Check = {
  id: 'driver/node-number-stale',
  title: 'The device nodes have the numbers that the kernel gave',
  link: 'nodes',
  requires: ['host/no-nvidia-gpu', 'driver/module-not-loaded', 'driver/uvm-node-missing'],
  about:
    'Compares the major number of /dev/nvidia-uvm with /proc/devices, where the kernel chooses it anew at each loading. A node that was copied or that a container was started with leads nowhere: CUDA ends with 999, `unknown error`.',
  async examine(facts) {
    const [nodes, numbers] = [await facts.of(nvidiaDeviceNodes), await facts.of(characterDevices)];
    if (!nodes.known) return undetermined(nodes.why);
    const { uvm } = nodes.value;
    if (!uvm) return notApplicable('there is no /dev/nvidia-uvm');
    if (!numbers.known) return undetermined(numbers.why);
    const [given, has] = [numbers.value.get('nvidia-uvm'), uvm.status?.major];
    if (has === undefined) return undetermined(`the number of ${uvm.path} could not be read`);
    if (given === undefined) return notApplicable('the kernel has not loaded nvidia_uvm');
    if (given === has) return clear(`${uvm.path} has number ${has}`);
    return found({
      severity: 'blocker',
      summary: `${uvm.path} has number ${has}, and the kernel gave ${given}`,
      why: 'The node leads to no driver: every CUDA program ends with `unknown error` (999)',
      evidence: [`${uvm.path}: major ${has}`, `${numbers.source}: ${given} nvidia-uvm`],
      remedy: {
        summary: 'Make the node anew; start containers again that were given the old one',
        commands: ['sudo rm /dev/nvidia-uvm /dev/nvidia-uvm-tools', 'sudo nvidia-modprobe -c 0 -u'],
        automatic: false,
        needs: ['root'],
      },
    });
  },
};
