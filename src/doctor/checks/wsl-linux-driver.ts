import { packages } from '../facts/packages.js';
import { wsl } from '../facts/wsl.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

/** Packages whose libcuda or module takes the place of Windows’. */
const linuxDriver = /^(nvidia-driver(-|$)|nvidia-dkms|nvidia-kernel|nvidia-open|libnvidia-compute|libcuda1|cuda-drivers)/;

export const wslLinuxDriver: Check = {
  id: 'host/wsl-linux-driver',
  title: 'No Linux driver is installed inside WSL',
  link: 'hardware',
  requires: [],
  about:
    'Inside WSL2 looks for packages of the Linux driver. Their libcuda hides the one that Windows brings, and CUDA finds no device. The metapackage `cuda` pulls them in; `cuda-toolkit` does not.',
  async examine(facts) {
    const windows = await facts.of(wsl);
    if (!windows.known) return undetermined(windows.why);
    if (!windows.value) return notApplicable('this is not WSL');
    const installed = await facts.of(packages);
    if (!installed.known) return undetermined(installed.why);
    const drivers = installed.value.filter(({ name }) => linuxDriver.test(name));
    if (drivers.length === 0) return clear('The driver is Windows’ alone', installed.source);
    return found({
      severity: 'blocker',
      summary: 'A Linux driver is installed inside WSL',
      why: 'Its libcuda takes the place of Windows’, which alone can reach the GPU',
      evidence: drivers.map(({ name, version }) => `${installed.source}: ${name} ${version}`),
      remedy: {
        summary: 'Remove these packages; for compiling, `cuda-toolkit` without a driver is enough',
        commands: [`sudo apt-get remove ${drivers.map(({ name }) => name).join(' ')}`, 'sudo ldconfig'],
        automatic: false,
        needs: ['root'],
      },
    });
  },
};
