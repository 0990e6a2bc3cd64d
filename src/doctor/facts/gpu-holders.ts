import type { Host, HostPath } from '../../host/host.js';
import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

/** A process that has the GPU's device nodes open, which keeps the module in the kernel. */
export interface GpuHolder {
  readonly pid: number;
  readonly name: string;
  readonly place: ProcessPlace;
}

/** What a process belongs to: a service of the system, a container, or the session of somebody who is logged in. */
export type ProcessPlace =
  | { readonly kind: 'service'; readonly unit: string }
  | { readonly kind: 'container'; readonly id: string }
  | { readonly kind: 'session' };

/**
 * `0::/system.slice/docker-3f4c….scope` and `…/kubepods.slice/…/cri-containerd-3f4c….scope` of containers,
 * `0::/system.slice/lightdm.service` of services, `0::/user.slice/user-1000.slice/session-2.scope` of people.
 */
export function parseCgroup(text: string): ProcessPlace {
  const path = text.match(/^0::(.*)$/m)?.[1] ?? text.match(/^\d+:name=systemd:(.*)$/m)?.[1] ?? '';
  const container = path.match(/(?:docker|libpod|crio|cri-containerd|containerd|lxc)[-:/]([0-9a-f]{12,64}|[\w.-]+)/)?.[1];
  if (container) return { kind: 'container', id: container.replace(/\.scope$/, '').slice(0, 12) };
  const unit = path.startsWith('/user.slice') ? undefined : path.match(/\/([A-Za-z0-9@_.:-]+\.service)(\/|$)/)?.[1];
  return unit ? { kind: 'service', unit } : { kind: 'session' };
}

/** What process `pid` belongs to. */
export async function placeOfProcess(host: Host, pid: number): Promise<ProcessPlace> {
  const answer = await host.read(`/proc/${pid}/cgroup`);
  return answer.outcome === 'text' ? parseCgroup(answer.text) : { kind: 'session' };
}

/** Who has /dev/nvidia* open; whatever only root may see is missing where we are not root. */
export const gpuHolders: Fact<readonly GpuHolder[]> = {
  name: 'gpuHolders',
  async read(host) {
    const listing = await host.list('/proc');
    if (listing.outcome !== 'entries') return noFact('/proc', listing);
    const pids = listing.names.filter((name) => /^\d+$/.test(name)).map(Number);
    const holders: GpuHolder[] = [];
    for (const pid of pids) {
      if (!(await holdsGpu(host, pid))) continue;
      const name = await host.read(`/proc/${pid}/comm`);
      holders.push({ pid, name: name.outcome === 'text' ? name.text.trim() : 'unknown', place: await placeOfProcess(host, pid) });
    }
    return known(holders, '/proc/*/fd');
  },
};

async function holdsGpu(host: Host, pid: number): Promise<boolean> {
  const open = await host.list(`/proc/${pid}/fd`);
  if (open.outcome !== 'entries') return false;
  const targets = await Promise.all(open.names.map((name) => host.readLink(`/proc/${pid}/fd/${name}` as HostPath)));
  return targets.some((link) => link.outcome === 'link' && /^\/dev\/nvidia/.test(link.target));
}
