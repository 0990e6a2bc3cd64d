import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

/** Whether this is a processor of NVIDIA's with the GPU inside, as on a Jetson: `nvidia,p3737-0000+p3701-0005\0nvidia,tegra234\0` */
export const tegra: Fact<boolean> = {
  name: 'tegra',
  async read(host) {
    const source = '/proc/device-tree/compatible';
    const answer = await host.read(source);
    if (answer.outcome === 'text') return known(/(^|\0)nvidia,tegra/.test(answer.text), source);
    // Only machines that boot with a device tree have it.
    if (answer.outcome === 'absent') return known((await host.read('/etc/nv_tegra_release')).outcome === 'text', '/etc/nv_tegra_release');
    return noFact(source, answer);
  },
};
