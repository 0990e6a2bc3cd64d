import type { HostPath } from '../../host/host.js';
import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

/** What NVIDIA's `.run` installer noted of its work. */
export interface RunManifest {
  readonly driver: string | undefined;
  readonly installed: readonly HostPath[];
  /** What it moved out of its way, and will put back. */
  readonly replaced: readonly HostPath[];
}

/**
 * nvidia-installer backup.c: a version, a description, then entries. `0: PATH` is a link and `1: PATH` a file that it made, `2: PATH` and
 * `100: PATH` upwards are links and files of others that it moved away; what follows each (targets, checksums) says no path after a number.
 */
export function parseRunManifest(text: string): RunManifest {
  const [first = '', second = ''] = text.split('\n', 2);
  const installed: HostPath[] = [];
  const replaced: HostPath[] = [];
  for (const [, number, path] of text.matchAll(/^(\d+): (\/.+)$/gm)) (Number(number) < 2 ? installed : replaced).push(path as HostPath);
  const driver =
    second.match(/\b(\d{2,3}(?:\.\d+)+)\b/)?.[1] ??
    first.match(/^1\.0-(\d{2,3}\.\d+(?:\.\d+)*)$/)?.[1] ??
    first.match(/^(\d{2,3}(?:\.\d+)+)$/)?.[1];
  return { driver, installed, replaced };
}

/** The record of the `.run` installer; null where it was not used, unknown where only root may read it. */
export const runManifest: Fact<RunManifest | null> = {
  name: 'runManifest',
  async read(host) {
    const source = '/var/lib/nvidia/log';
    const answer = await host.read(source);
    if (answer.outcome === 'absent') return known(null, source);
    return answer.outcome === 'text' ? known(parseRunManifest(answer.text), source) : noFact(source, answer);
  },
};
