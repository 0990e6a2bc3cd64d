import type { Finding } from '../doctor/finding.js';
import type { Machine } from '../doctor/machine.js';
import type { Host } from '../host/host.js';

/** One examination of one machine, as every voice of the report has it. */
export interface DoctorReport {
  readonly version: string;
  readonly host: { readonly origin: Host['origin']; readonly path: string | null };
  readonly machine: Machine;
  readonly firstBroken: Finding | undefined;
  readonly findings: readonly Finding[];
}

/** In words, where was looked; null where it is this machine and nobody knows what it runs in. */
export const placeOf = ({ origin, path }: DoctorReport['host'], runsIn: string | null): string | null =>
  origin === 'live' ? runsIn : `${origin === 'root' ? 'the folder' : 'the snapshot'} ${path}`;
