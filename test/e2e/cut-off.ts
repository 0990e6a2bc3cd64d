import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OverlaySystem } from './overlay-system.js';

const plans = '/var/lib/gpu-setup/plans';

/** The lines of the newest journal; none before there is one. */
export function journalLines(system: OverlaySystem): readonly string[] {
  try {
    const newest = readdirSync(join(system.root, plans)).sort().at(-1)!;
    return readFileSync(join(system.root, plans, newest, 'journal.jsonl'), 'utf8')
      .split('\n')
      .slice(0, -1);
  } catch {
    // Not there yet.
    return [];
  }
}

export interface Ran {
  readonly code: number | null;
  readonly killed: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Ends at once whatever a run started and left behind, as a power cut does. */
export function killRest(system: OverlaySystem): void {
  for (const { pid } of system.processes().filter(({ ofARun }) => ofARun)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/**
 * Runs the program and kills it `delayMs` after the moment when the newest journal has `records` lines more than before
 * (a new journal: lines at all). It may end before that, and then was not killed.
 */
export async function cutOff(system: OverlaySystem, args: readonly string[], records: number, delayMs = 0): Promise<Ran> {
  const [before, startPlans] = [journalLines(system).length, countPlans(system)];
  const child = system.start(args);
  const running = ended(child);
  let over = false;
  void running.then(() => {
    over = true;
  });
  const grown = () => (countPlans(system) > startPlans ? journalLines(system).length : journalLines(system).length - before);
  while (!over && grown() < records) await sleep(1);
  if (!over && delayMs > 0) await Promise.race([sleep(delayMs), running]);
  if (!over) child.kill('SIGKILL');
  return running;
}

function countPlans(system: OverlaySystem): number {
  try {
    return readdirSync(join(system.root, plans)).length;
  } catch {
    // Not there yet.
    return 0;
  }
}

/** Runs the program to its end. */
export const toTheEnd = (system: OverlaySystem, args: readonly string[]): Promise<Ran> => ended(system.start(args));

function ended(child: ReturnType<OverlaySystem['start']>): Promise<Ran> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // Not `close`: a program that was left behind may hold the streams.
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, killed: signal === 'SIGKILL', stdout, stderr })));
}
