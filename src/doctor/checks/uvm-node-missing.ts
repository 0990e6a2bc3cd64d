import { nvidiaDeviceNodes } from '../facts/nvidia-device-nodes.js';
import { programsInPath } from '../facts/programs-in-path.js';
import type { Check } from '../finding.js';
import { gpusOf } from '../gpus.js';
import { clear, found, undetermined } from '../verdicts.js';

export const uvmNodeMissing: Check = {
  id: 'driver/uvm-node-missing',
  title: 'The node of unified memory is there',
  link: 'nodes',
  requires: ['host/no-nvidia-gpu', 'driver/module-not-loaded', 'driver/nodes-missing'],
  about:
    'Looks for /dev/nvidia-uvm, which every CUDA program opens. Its absence is mended by nvidia-modprobe when that is installed; else CUDA ends with 999, `unknown error`.',
  async examine(facts) {
    const look = await gpusOf(facts);
    if ('verdict' in look) return look.verdict;
    const nodes = await facts.of(nvidiaDeviceNodes);
    if (!nodes.known) return undetermined(nodes.why);
    if (nodes.value.uvm) return clear('Unified memory has its node', nodes.value.uvm.path);
    const programs = await facts.of(programsInPath);
    const maker = programs.known ? programs.value.find(({ name }) => name === 'nvidia-modprobe')?.path : undefined;
    return found({
      severity: maker ? 'note' : 'warning',
      summary: '/dev/nvidia-uvm is missing',
      why: maker
        ? `CUDA opens it first, and has ${maker} make it; where that may not, CUDA ends with \`unknown error\` (999)`
        : 'CUDA opens it first, and nothing here makes it: CUDA ends with `unknown error` (999)',
      evidence: ['no nvidia-uvm in /dev', ...(maker ? [maker] : [])],
      remedy: {
        summary: 'Load the module and make the node',
        commands: ['sudo nvidia-modprobe -c 0 -u'],
        automatic: false,
        needs: ['root'],
      },
    });
  },
};
