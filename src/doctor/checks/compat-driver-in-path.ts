import { loaderDirectories } from '../facts/loader-directories.js';
import { nvidiaFunctions } from '../facts/nvidia-functions.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const compatDriverInPath: Check = {
  id: 'cuda/compat-driver-in-path',
  title: 'Forward compatibility is used only where it works',
  link: 'toolkit',
  requires: ['host/no-nvidia-gpu'],
  about:
    'Looks for the `compat` folder of a toolkit in LD_LIBRARY_PATH and ld.so.conf on a machine with display cards. NVIDIA supports it on data-centre cards alone: CUDA ends with 804, `forward compatibility was attempted on non supported HW`.',
  async examine(facts) {
    const [directories, functions] = [await facts.of(loaderDirectories), await facts.of(nvidiaFunctions)];
    if (!directories.known) return undetermined(directories.why);
    const compat = directories.value.filter(({ directory }) => /cuda[^/]*\/compat\/?$/.test(directory));
    if (compat.length === 0) return clear('It is not used', directories.source);
    if (!functions.known) return undetermined(functions.why);
    // A VGA controller is a card with a display; data-centre cards are 3D controllers.
    const displays = functions.value.filter(({ isGpu, class: kind }) => isGpu && kind.startsWith('0300'));
    if (displays.length === 0) return notApplicable('the GPUs are data-centre cards');
    return found({
      severity: 'warning',
      summary: `${compat[0]!.where} asks for forward compatibility, which display cards do not have`,
      why: 'CUDA ends with `forward compatibility was attempted on non supported HW` (804)',
      evidence: [
        ...compat.map(({ where, directory }) => `${where}: ${directory}`),
        ...displays.map(({ address, device }) => `${address} 10de:${device} is a display controller`),
      ],
      remedy: {
        summary: 'Remove the package cuda-compat, or install a newer driver',
        commands: ['gpu-setup install-driver --dkms --dry-run'],
        automatic: false,
        needs: ['root'],
      },
    });
  },
};
