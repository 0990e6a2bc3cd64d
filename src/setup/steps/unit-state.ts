import type { Host } from '../../host/host.js';

/** What `systemctl is-active UNIT` says: `active`, `inactive`, `failed`; undefined where systemd cannot be asked. */
export async function unitState(host: Host, unit: string): Promise<string | undefined> {
  const answer = await host.ask({ program: 'systemctl', args: ['is-active', unit] });
  // Anything but `active` ends with 3, an unknown unit with 4; without systemd there is no word on stdout.
  return answer.outcome === 'exited' ? answer.stdout.trim() || undefined : undefined;
}
