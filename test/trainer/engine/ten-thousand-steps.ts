import type { Test } from 'tap';
import { onEachInstalledEngine } from '../../engines/each-engine.js';
import { tinyTraining } from './tiny-training.js';

/** A kilobyte lost in every step would show as 8 MiB; two kilobytes fail it; heaps breathe by a few MiB. */
const allowedMiB = 16;

/** 10,000 steps on one engine, in a process of its own: what another one had left would drown what this one loses. */
export function tenThousandSteps(engine: string): void {
  onEachInstalledEngine('10,000 steps: tensors, bytes and the memory of the process stay where they are', lose, engine);
}

async function lose(t: Test): Promise<void> {
  const [early, middle, late] = await tinyTraining([2_000, 6_000, 10_000]);
  for (const { step, tensors, bytes, residentMiB } of [early!, middle!, late!])
    t.comment(`after ${step} steps: ${tensors} tensors, ${bytes} bytes, ${residentMiB.toFixed(1)} MiB resident`);
  t.equal(late!.tensors, early!.tensors);
  t.equal(late!.bytes, early!.bytes);
  t.ok(late!.residentMiB - early!.residentMiB < allowedMiB, `${(late!.residentMiB - early!.residentMiB).toFixed(1)} MiB more`);
}
