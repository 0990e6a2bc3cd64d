import { fabricManager } from '../facts/fabric-manager.js';
import { nvidiaFunctions } from '../facts/nvidia-functions.js';
import type { Check } from '../finding.js';
import { runningDriver } from '../requirements.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

/** PCI class of an NVSwitch: a bridge of no other kind. */
const switchClass = '0680';

export const fabricManagerNotRunning: Check = {
  id: 'driver/fabric-manager-not-running',
  title: 'The fabric manager runs where NVSwitches are',
  link: 'libraries',
  requires: [...runningDriver, 'driver/fabric-manager-version'],
  about:
    'Looks for NVSwitches on the PCI bus (HGX and DGX machines) and asks systemd for nvidia-fabricmanager. Without it CUDA ends with 802, `system not yet initialized`, while nvidia-smi looks healthy.',
  async examine(facts) {
    const functions = await facts.of(nvidiaFunctions);
    if (!functions.known) return undetermined(functions.why);
    const switches = functions.value.filter((each) => each.class.startsWith(switchClass));
    if (switches.length === 0) return notApplicable('no NVSwitch on the PCI bus');
    const count = switches.length === 1 ? '1 NVSwitch' : `${switches.length} NVSwitches`;
    const state = await facts.of(fabricManager);
    if (!state.known) return undetermined(state.why);
    if (state.value === 'active') return clear(`The fabric manager runs, for ${count}`, state.source);
    return found({
      severity: 'blocker',
      summary: `This machine has ${count}, and the fabric manager is ${state.value}`,
      why: 'Until it has set up the switches CUDA ends with `system not yet initialized` (802)',
      evidence: [`${state.source}: ${state.value}`, ...switches.map(({ address, device }) => `${address} 10de:${device}`)],
      remedy: {
        summary: 'Install the fabric manager of exactly the driver’s version, and start it',
        commands: ['sudo systemctl enable --now nvidia-fabricmanager', 'systemctl status nvidia-fabricmanager'],
        automatic: false,
        needs: ['root'],
      },
    });
  },
};
