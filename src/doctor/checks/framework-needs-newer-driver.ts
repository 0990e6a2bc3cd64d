import { driverInUse } from '../driver-in-use.js';
import { pythonPackages } from '../facts/python-packages.js';
import type { Check } from '../finding.js';
import { oldestDriverFor } from '../oldest-driver.js';
import { runningDriver } from '../requirements.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';
import { compareVersions } from '../versions.js';

export const frameworkNeedsNewerDriver: Check = {
  id: 'python/framework-needs-newer-driver',
  title: 'The driver runs the frameworks’ CUDA',
  link: 'framework',
  requires: runningDriver,
  about:
    'Reads the CUDA version of PyTorch and JAX from their folders, without importing them, and compares it with the loaded driver. An older one leaves `torch.cuda.is_available()` false.',
  async examine(facts) {
    const [frameworks, driver] = [await facts.of(pythonPackages), await driverInUse(facts)];
    if (!frameworks.known) return undetermined(frameworks.why);
    const built = frameworks.value.flatMap(({ name, version, cuda, folder }) =>
      cuda ? [{ name, version, cuda, folder, oldest: oldestDriverFor(cuda) }] : [],
    );
    if (built.length === 0) return notApplicable('no framework with CUDA was found');
    if (!driver) return notApplicable('no driver is installed whose version is known');
    const ahead = built.filter(({ oldest }) => oldest && compareVersions(driver.version, oldest) < 0);
    if (ahead.length === 0)
      return clear(
        `nvidia ${driver.version} is new enough`,
        ...built.map(({ name, version, cuda, folder }) => `${folder}: ${name} ${version}, CUDA ${cuda}`),
      );
    return found({
      severity: 'warning',
      summary: `${ahead.map(({ name, version }) => `${name} ${version}`).join(', ')} ${ahead.length === 1 ? 'needs' : 'need'} a newer driver than ${driver.version}`,
      why: 'It sees no GPU: `CUDA driver version is insufficient`, or silently the CPU alone',
      evidence: [
        ...ahead.map(({ folder, name, version, cuda, oldest }) => `${folder}: ${name} ${version} with CUDA ${cuda} needs ${oldest}`),
        `${driver.source}: ${driver.version}`,
      ],
      remedy: {
        summary: 'Install a newer driver; or a build of the framework for an older CUDA',
        commands: ['gpu-setup install-driver --dkms --dry-run'],
        automatic: true,
        needs: ['root', 'network', 'reboot'],
      },
    });
  },
};
