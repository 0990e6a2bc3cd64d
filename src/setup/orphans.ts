import { setTimeout as sleep } from 'node:timers/promises';
import { ExitCode, UserError } from '../errors.js';
import type { Host } from '../host/host.js';

/** Programs that a run starts carry this variable, with its state folder: so a later run knows them. */
export const runVariable = 'GPU_SETUP_RUN';

export interface Orphan {
  readonly pid: number;
  readonly name: string;
}

/** Programs that a run of this state folder started and that still work, though the run itself was cut off. */
export async function orphansOf(host: Host, stateDirectory: string): Promise<readonly Orphan[]> {
  const processes = await host.list('/proc');
  if (processes.outcome !== 'entries') return [];
  const here = await spaceOf(host, 'self');
  const found: Orphan[] = [];
  for (const pid of processes.names.filter((name) => /^\d+$/.test(name))) {
    const environment = await host.read(`/proc/${pid}/environ`);
    if (environment.outcome !== 'text' || !environment.text.split('\0').includes(`${runVariable}=${stateDirectory}`)) continue;
    // A container shows its programs here, and has a state folder of the same name.
    if ((await spaceOf(host, pid)) !== here) continue;
    const stat = await host.read(`/proc/${pid}/stat`);
    const [, name = '', state, , , session] = (stat.outcome === 'text' && stat.text.match(/^\d+ \((.*)\) (\S) (\d+) (\d+) (\d+)/s)) || [];
    // Each program that is run leads a session; what it starts as a daemon does not, and may stay.
    if (session === pid && state !== 'Z') found.push({ pid: Number(pid), name });
  }
  return found;
}

/** Which file system a process sees; undefined where nobody can tell. */
async function spaceOf(host: Host, pid: string): Promise<string | undefined> {
  const link = await host.readLink(`/proc/${pid}/ns/mnt`);
  return link.outcome === 'link' ? link.target : undefined;
}

/** Waits until none of them works any more: two package managers at once help nobody. */
export async function waitForOrphans(
  host: Host,
  stateDirectory: string,
  signal: AbortSignal,
  say: (orphans: readonly Orphan[]) => void,
  { timeoutMs = 30 * 60_000, everyMs = 250 }: { readonly timeoutMs?: number; readonly everyMs?: number } = {},
): Promise<void> {
  const began = performance.now();
  for (let first = true; ; first = false) {
    const orphans = await orphansOf(host, stateDirectory);
    if (orphans.length === 0 || signal.aborted) return;
    if (first) say(orphans);
    if (performance.now() - began > timeoutMs) {
      const names = orphans.map(({ pid, name }) => `\`${name}\` (process ${pid})`).join(', ');
      throw new UserError(`Still at work since an interrupted run: ${names}`, {
        exitCode: ExitCode.failed,
        hint: 'wait for it to end, or end it, then `gpu-setup resume`',
      });
    }
    await sleep(everyMs);
  }
}
