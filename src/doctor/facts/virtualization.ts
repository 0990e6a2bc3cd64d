import type { Host } from '../../host/host.js';
import { type Fact, known, unknown } from '../fact.js';

export interface Virtualization {
  readonly kind: 'none' | 'machine' | 'container';
  /** As systemd-detect-virt says it: `kvm`, `docker`, `lxc`; undefined where only other signs tell. */
  readonly name: string | undefined;
}

const containers = [
  'docker',
  'podman',
  'lxc',
  'lxc-libvirt',
  'systemd-nspawn',
  'openvz',
  'rkt',
  'wsl',
  'proot',
  'pouch',
  'container-other',
];

/** The word that systemd-detect-virt prints. */
export function parseDetectVirt(text: string): Virtualization | undefined {
  const name = text.trim();
  if (name === '') return undefined;
  if (name === 'none') return { kind: 'none', name: undefined };
  return { kind: containers.includes(name) ? 'container' : 'machine', name };
}

/** Whether this is a container, whose kernel belongs to its host, a virtual machine or neither. */
export const virtualization: Fact<Virtualization> = {
  name: 'virtualization',
  async read(host) {
    const source = 'systemd-detect-virt';
    // It ends with 1 for `none`.
    const answer = await host.ask({ program: source, args: [] });
    const told = answer.outcome === 'exited' ? parseDetectVirt(answer.stdout) : undefined;
    if (told) return known(told, source);
    const inContainer = await containerMark(host);
    if (inContainer) return known({ kind: 'container', name: undefined }, inContainer);
    const flags = await host.read('/proc/cpuinfo');
    if (flags.outcome !== 'text') return unknown('neither systemd-detect-virt nor /proc/cpuinfo can be asked');
    return known({ kind: /^flags\s*:.*\bhypervisor\b/m.test(flags.text) ? 'machine' : 'none', name: undefined }, '/proc/cpuinfo');
  },
};

async function containerMark(host: Host): Promise<string | undefined> {
  for (const path of ['/.dockerenv', '/run/.containerenv'] as const) if ((await host.read(path)).outcome === 'text') return path;
  return undefined;
}
