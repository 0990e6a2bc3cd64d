import { containerRuntime } from '../facts/container-runtime.js';
import type { Check } from '../finding.js';
import { runningDriver } from '../requirements.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const runtimeNotConfigured: Check = {
  id: 'container/runtime-not-configured',
  title: 'docker or CDI knows the NVIDIA Container Toolkit',
  link: 'toolkit',
  requires: [...runningDriver, 'container/toolkit-missing'],
  about:
    'Where docker and the toolkit are installed, looks whether /etc/docker/daemon.json names the runtime `nvidia` or a CDI file describes the GPUs. `--gpus all` works without either, `--runtime=nvidia` and `--device nvidia.com/gpu=all` do not; so it is a note.',
  async examine(facts) {
    const runtime = await facts.of(containerRuntime);
    if (!runtime.known) return undetermined(runtime.why);
    const { runtimes, toolkit, dockerConfigured, cdiFiles } = runtime.value;
    if (!toolkit || !runtimes.includes('docker')) return notApplicable('docker and the toolkit are not both installed');
    if (dockerConfigured || cdiFiles.length > 0)
      return clear('It does', ...(dockerConfigured ? ['/etc/docker/daemon.json'] : []), ...cdiFiles);
    return found({
      severity: 'note',
      summary: 'Neither docker’s configuration nor a CDI file names the GPU',
      why: '`--runtime=nvidia` ends with `unknown or invalid runtime name: nvidia`',
      evidence: ['/etc/docker/daemon.json names no runtime `nvidia`', 'no nvidia file in /etc/cdi and /run/cdi'],
      remedy: {
        summary: 'Have the toolkit write it',
        commands: ['sudo nvidia-ctk runtime configure --runtime=docker', 'sudo systemctl restart docker'],
        automatic: false,
        needs: ['root'],
      },
    });
  },
};
