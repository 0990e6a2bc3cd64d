import { type Fact, known, unknown } from '../fact.js';

/** Services that keep the NVIDIA module in use, in the order to stop them. */
export const driverServices = ['nvidia-dcgm.service', 'nvidia-fabricmanager.service', 'nvidia-persistenced.service'] as const;

/** Those of them that run now. */
export const driverUsers: Fact<readonly string[]> = {
  name: 'driverUsers',
  async read(host) {
    const active: string[] = [];
    for (const unit of driverServices) {
      const answer = await host.ask({ program: 'systemctl', args: ['is-active', unit] });
      if (answer.outcome === 'absent') return known([], 'there is no systemctl');
      if (answer.outcome !== 'exited') return unknown('systemctl cannot be asked');
      if (answer.stdout.trim() === 'active') active.push(unit);
    }
    return known(active, 'systemctl is-active');
  },
};
