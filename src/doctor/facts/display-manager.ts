import { posix } from 'node:path';
import type { Host, HostPath } from '../../host/host.js';
import { type Fact, known } from '../fact.js';

export interface DisplayManager {
  /** `graphical.target` or `multi-user.target`; undefined without systemd. */
  readonly defaultTarget: string | undefined;
  /** `gdm3`, `lightdm`: what starts at boot; null where nothing does. */
  readonly service: string | null;
  /** Process ids that the lock files of X servers name, alive ones only. */
  readonly xServers: readonly number[];
}

/** Where systemd keeps default.target, the administrator's word first. */
const units = ['/etc/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system'] as const;

/** Whether this machine shows a desktop, and who starts it. */
export const displayManager: Fact<DisplayManager> = {
  name: 'displayManager',
  async read(host) {
    let defaultTarget: string | undefined;
    for (const directory of units) defaultTarget ??= await linkName(host, `${directory}/default.target`);
    const service = await linkName(host, '/etc/systemd/system/display-manager.service');
    const known_ = { defaultTarget, service: service?.replace(/\.service$/, '') ?? null, xServers: await runningXServers(host) };
    return known(known_, 'default.target, display-manager.service and /tmp/.X*-lock');
  },
};

async function linkName(host: Host, path: HostPath): Promise<string | undefined> {
  const link = await host.readLink(path);
  return link.outcome === 'link' ? posix.basename(link.target) : undefined;
}

/** A lock holds the padded process id, `      1234\n`, and stays behind when the server was killed. */
async function runningXServers(host: Host): Promise<readonly number[]> {
  const listing = await host.list('/tmp');
  const locks = listing.outcome === 'entries' ? listing.names.filter((name) => /^\.X\d+-lock$/.test(name)) : [];
  const alive: number[] = [];
  for (const lock of locks) {
    const answer = await host.read(`/tmp/${lock}` as HostPath);
    const pid = answer.outcome === 'text' ? Number(answer.text.trim()) : Number.NaN;
    if (Number.isInteger(pid) && (await host.read(`/proc/${pid}/comm`)).outcome === 'text') alive.push(pid);
  }
  return alive;
}
