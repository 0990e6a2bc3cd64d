import { z } from 'zod';
import type { Random } from '../../random.js';
import { component } from '../../registry.js';
import { candidates } from './candidates.js';
import { draw } from './draw.js';
import type { Sampler } from './sampler.js';

/**
 * At random, but objects take turns (the instance-balanced sampling of Pang et al., 2019, section 3.1): a rare class of small objects, which few
 * boxes stand for, is then seen as often as a common one of large objects.
 */
export const inTurns = component({
  type: 'in_turns',
  options: z.strictObject({}),
  build: (): Sampler => ({
    draw(assigned, { samples, positiveFraction }, random) {
      const { byObject, negatives } = candidates(assigned);
      const positives = takeTurns(byObject, Math.floor(samples * positiveFraction), random);
      return { positives, negatives: draw(negatives, samples - positives.length, random) };
    },
  }),
});

/** At most `count` items, one of each group after the other, groups and items in random order. */
function takeTurns(groups: number[][], count: number, random: Random): number[] {
  const taken: number[] = [];
  for (const group of random.shuffle(groups)) random.shuffle(group);
  for (let turn = 0; taken.length < count; turn++) {
    const before = taken.length;
    for (const group of groups) if (turn < group.length && taken.length < count) taken.push(group[turn]!);
    if (taken.length === before) break;
  }
  return taken;
}
