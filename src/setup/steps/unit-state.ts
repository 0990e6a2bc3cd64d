import type { Host } from '../../host/host.js';
import type { Json } from '../step.js';

/** What `systemctl is-active UNIT` says: `active`, `inactive`, `failed`; undefined where systemd cannot be asked. */
export async function unitState(host: Host, unit: string): Promise<string | undefined> {
  const answer = await host.ask({ program: 'systemctl', args: ['is-active', unit] });
  // Anything but `active` ends with 3, an unknown unit with 4; without systemd there is no word on stdout.
  return answer.outcome === 'exited' ? answer.stdout.trim() || undefined : undefined;
}

/** Whether the journal keeps of a unit that it ran. */
export const wasActive = (record: Json): boolean =>
  record !== null &&
  typeof record === 'object' &&
  'state' in record &&
  ['active', 'activating', 'reloading'].includes(String(record.state));
