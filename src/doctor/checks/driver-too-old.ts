import { driverInUse } from '../driver-in-use.js';
import { cudaToolkits } from '../facts/cuda-toolkits.js';
import type { Check } from '../finding.js';
import { oldestDriverFor } from '../oldest-driver.js';
import { runningDriver } from '../requirements.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';
import { compareVersions } from '../versions.js';

export const driverTooOld: Check = {
  id: 'cuda/driver-too-old',
  title: 'The driver runs what the CUDA toolkits compile',
  link: 'toolkit',
  requires: runningDriver,
  about:
    'Compares the loaded driver with the oldest one that each installed toolkit’s programs run on. An older one ends them with 35, `CUDA driver version is insufficient for CUDA runtime version`.',
  async examine(facts) {
    const [toolkits, driver] = [await facts.of(cudaToolkits), await driverInUse(facts)];
    if (!toolkits.known) return undetermined(toolkits.why);
    if (toolkits.value.length === 0) return notApplicable('no toolkit is installed');
    if (!driver) return notApplicable('no driver is installed whose version is known');
    const judged = toolkits.value.map((toolkit) => ({ ...toolkit, oldest: toolkit.version && oldestDriverFor(toolkit.version) }));
    const ahead = judged.filter(({ oldest }) => oldest && compareVersions(driver.version, oldest) < 0);
    if (ahead.length === 0)
      return clear(
        `nvidia ${driver.version} is new enough`,
        ...judged.map(({ directory, oldest }) => `${directory}: ${oldest ?? 'any driver'}`),
      );
    return found({
      severity: ahead.length === judged.length ? 'blocker' : 'warning',
      summary: `CUDA ${ahead.map(({ version }) => version).join(', ')} needs a newer driver than ${driver.version}`,
      why: 'Programs that it compiles end with `CUDA driver version is insufficient for CUDA runtime version` (35)',
      evidence: [
        ...ahead.map(({ directory, version, oldest }) => `${directory}: CUDA ${version} needs ${oldest}`),
        `${driver.source}: ${driver.version}`,
      ],
      remedy: {
        summary: 'Install a newer driver, which runs older toolkits too; or a toolkit that this driver runs',
        commands: ['gpu-setup install-driver --dkms --dry-run'],
        automatic: true,
        needs: ['root', 'network', 'reboot'],
      },
    });
  },
};
