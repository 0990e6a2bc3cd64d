import { windowsGpu } from '../facts/windows-gpu.js';
import { wsl } from '../facts/wsl.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const wslGpuMissing: Check = {
  id: 'host/wsl-gpu-missing',
  title: 'Windows hands its GPU into WSL',
  link: 'hardware',
  requires: [],
  about:
    'Inside WSL2 looks for /dev/dxg and for the libcuda that Windows brings in /usr/lib/wsl/lib. WSL 1 and an old Windows driver have neither.',
  async examine(facts) {
    const windows = await facts.of(wsl);
    if (!windows.known) return undetermined(windows.why);
    if (!windows.value) return notApplicable('this is not WSL');
    const handed = await facts.of(windowsGpu);
    if (!handed.known) return undetermined(handed.why);
    const { device, library } = handed.value;
    if (device && library) return clear('/dev/dxg and Windows’ libcuda are there', '/dev/dxg', '/usr/lib/wsl/lib/libcuda.so.1');
    return found({
      severity: 'blocker',
      summary: device ? 'Windows brings no libcuda into WSL' : 'WSL has no /dev/dxg',
      why: 'Inside WSL the GPU is reached through Windows’ driver alone',
      evidence: [...(device ? [] : ['no dxg in /dev']), ...(library ? [] : ['no libcuda.so.1 in /usr/lib/wsl/lib'])],
      remedy: {
        summary:
          'In Windows install NVIDIA’s driver, run `wsl --update` and `wsl --shutdown`; the distribution must be of version 2 (`wsl -l -v`)',
        commands: [],
        automatic: false,
        needs: ['network', 'console'],
      },
    });
  },
};
