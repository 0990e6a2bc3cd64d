import { counted } from '../counted.js';
import { type DeviceNode, nvidiaDeviceNodes } from '../facts/nvidia-device-nodes.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const nodesNotAccessible: Check = {
  id: 'driver/nodes-not-accessible',
  title: 'Every user may open the device nodes',
  link: 'nodes',
  requires: ['host/no-nvidia-gpu', 'driver/module-not-loaded', 'driver/nodes-missing'],
  about: 'Looks whether others may read and write the nodes, which are 0666 unless `NVreg_DeviceFileMode` or a udev rule says otherwise.',
  async examine(facts) {
    const nodes = await facts.of(nvidiaDeviceNodes);
    if (!nodes.known) return undetermined(nodes.why);
    const { gpus, control, uvm } = nodes.value;
    const all = [...gpus, ...(control ? [control] : []), ...(uvm ? [uvm] : [])];
    if (all.length === 0) return notApplicable('there are no device nodes');
    const unseen = all.find(({ status }) => status === undefined);
    if (unseen) return undetermined(`${unseen.path} could not be looked at`);
    const wrong = all.filter(({ status }) => status!.kind !== 'character-device');
    const closed = all.filter((node) => !wrong.includes(node) && (status(node).mode & 0o006) !== 0o006);
    if (wrong.length === 0 && closed.length === 0) return clear(`${counted(all.length, 'node')}, open to every user`);
    const nobodyMay = closed.some((node) => (status(node).mode & 0o066) === 0);
    return found({
      severity: wrong.length > 0 ? 'blocker' : 'warning',
      summary:
        wrong.length > 0
          ? `${wrong.map(({ path }) => path).join(', ')} is no device`
          : `Only ${nobodyMay ? 'root' : 'root and a group'} may open ${closed.map(({ path }) => path).join(', ')}`,
      why: 'Programs of other users see no GPU; where a group is meant to guard it, its members are not affected',
      evidence: [...wrong, ...closed].map(
        (node) =>
          `${node.path}: ${status(node).kind}, mode ${status(node).mode.toString(8).padStart(4, '0')}, owner ${status(node).uid}:${status(node).gid}`,
      ),
      remedy: {
        summary: nobodyMay ? 'Look for the rule that closes them' : 'Join the group that owns them, and log in again',
        commands: nobodyMay
          ? ['grep -rn "NVreg_DeviceFile\\|nvidia" /etc/modprobe.d /etc/udev/rules.d']
          : ['ls -l /dev/nvidia*', 'sudo usermod -aG video "$USER"'],
        automatic: false,
        needs: nobodyMay ? [] : ['root'],
      },
    });
  },
};

const status = (node: DeviceNode) => node.status!;
