import { driverInUse } from '../driver-in-use.js';
import { nvidiaFunctions } from '../facts/nvidia-functions.js';
import { packages } from '../facts/packages.js';
import type { Check } from '../finding.js';
import { runningDriver } from '../requirements.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const fabricManagerVersion: Check = {
  id: 'driver/fabric-manager-version',
  title: 'The fabric manager is of the driver’s version',
  link: 'libraries',
  requires: runningDriver,
  about:
    'On a machine with NVSwitches compares the package of the fabric manager with the loaded driver. It refuses any other version: `fabric manager NVIDIA GPU driver interface version … don’t match with driver version`.',
  async examine(facts) {
    const [functions, installed, driver] = [await facts.of(nvidiaFunctions), await facts.of(packages), await driverInUse(facts)];
    if (!functions.known) return undetermined(functions.why);
    if (!functions.value.some((each) => each.class.startsWith('0680'))) return notApplicable('no NVSwitch on the PCI bus');
    if (!installed.known) return undetermined(installed.why);
    if (!driver) return undetermined('the loaded driver is not known');
    const manager = installed.value.find(({ name }) => /^nvidia-fabric-?manager(-\d+)?$/.test(name));
    if (!manager) return notApplicable('no package of the fabric manager is installed');
    const version = manager.version.replace(/^\d+:/, '').replace(/-.*$/, '');
    if (version === driver.version) return clear(`Both are ${version}`, `${installed.source}: ${manager.name} ${manager.version}`);
    return found({
      severity: 'blocker',
      summary: `The fabric manager is ${version}, and the driver ${driver.version}`,
      why: 'It stops at a driver of another version, and CUDA ends with `system not yet initialized` (802)',
      evidence: [`${installed.source}: ${manager.name} ${manager.version}`, `${driver.source}: ${driver.version}`],
      remedy: {
        summary: 'Install the fabric manager of exactly the driver’s version, and start it',
        commands: [`sudo apt-get install '${manager.name}=${driver.version}-*'`, 'sudo systemctl restart nvidia-fabricmanager'],
        automatic: false,
        needs: ['root', 'network'],
      },
    });
  },
};
