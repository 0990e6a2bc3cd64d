import type { Host, HostPath } from '../../host/host.js';
import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';
import { gpuNeeds } from './gpu-needs.js';

export interface MigGpu {
  readonly index: number;
  readonly enabled: boolean;
  /** Compute instances, that is what a program can run on; undefined where nobody could look. */
  readonly instances: number | undefined;
}

/** `0, Enabled`, `1, Disabled`, `2, [N/A]` of a GPU that cannot be divided */
export function parseMigModes(text: string): readonly Omit<MigGpu, 'instances'>[] {
  return [...text.matchAll(/^(\d+), (Enabled|Disabled|\[N\/A\])$/gm)].map(([, index, mode]) => ({
    index: Number(index),
    enabled: mode === 'Enabled',
  }));
}

/** Chips that can be divided: A100 and A30, Hopper, Blackwell of data centres. */
const divisible = ['ampere', 'hopper', 'blackwell'];

/** Which GPUs are divided into instances (MIG), and into how many. Asked only where a GPU can be. */
export const mig: Fact<readonly MigGpu[]> = {
  name: 'mig',
  async read(host, facts) {
    const gpus = await facts.of(gpuNeeds);
    // A 3D controller without a display is a data-centre card; cards with one cannot be divided.
    if (gpus.known && !gpus.value.some(({ needs, class: kind }) => divisible.includes(needs.architecture) && kind.startsWith('0302')))
      return known([], 'no GPU here can be divided');
    const source = 'nvidia-smi --query-gpu=mig.mode.current';
    const answer = await host.ask({
      program: 'nvidia-smi',
      args: ['--query-gpu=index,mig.mode.current', '--format=csv,noheader'],
      timeoutMs: 30_000,
    });
    if (answer.outcome !== 'exited' || answer.code !== 0) return noFact(source, answer);
    const modes = parseMigModes(answer.stdout);
    return known(
      await Promise.all(modes.map(async (gpu) => ({ ...gpu, instances: gpu.enabled ? await instancesOf(host, gpu.index) : undefined }))),
      source,
    );
  },
};

/** The driver shows each instance as `/proc/driver/nvidia/capabilities/gpu0/mig/gi1/ci0`. */
async function instancesOf(host: Host, index: number): Promise<number | undefined> {
  const folder = `/proc/driver/nvidia/capabilities/gpu${index}/mig` as HostPath;
  const parts = await host.list(folder);
  if (parts.outcome === 'unavailable') return undefined;
  if (parts.outcome === 'absent') return 0;
  const inside = await Promise.all(
    parts.names.filter((name) => /^gi\d+$/.test(name)).map((name) => host.list(`${folder}/${name}` as HostPath)),
  );
  return inside.reduce((sum, each) => sum + (each.outcome === 'entries' ? each.names.filter((name) => /^ci\d+$/.test(name)).length : 0), 0);
}
