import { z } from 'zod';
import { iou } from '../../../ops/boxes.js';
import { component } from '../../registry.js';
import type { Candidates, Kept, Suppression } from './suppression.js';

/**
 * Soft-NMS (Bodla et al., 2017, algorithm 1): what overlaps a better box of its class is not dropped but believed less, which keeps objects that stand
 * before one another.
 */
export const soft = component({
  type: 'soft',
  options: z.strictObject({
    decay: z.enum(['linear', 'gaussian']).default('linear').describe('by 1 - IoU from the threshold on, or by exp(-IoU² / sigma) always'),
    sigma: z.number().positive().default(0.5),
    least: z.number().min(0).max(1).default(0.05).describe('what falls below this score goes'),
  }),
  build({ decay, sigma, least }): Suppression {
    return (candidates, { threshold, limit }) => {
      const factor = (overlap: number) =>
        decay === 'gaussian' ? Math.exp(-(overlap ** 2) / sigma) : overlap > threshold ? 1 - overlap : 1;
      const kept = [...new Set(candidates.labels)].flatMap((label) => ofClass(candidates, label, factor, least));
      return kept.sort((a, b) => b.score - a.score || a.index - b.index).slice(0, limit);
    };
  },
});

function ofClass({ xyxy, labels, scores }: Candidates, label: number, factor: (overlap: number) => number, least: number): Kept[] {
  const left = labels.flatMap((each, index) => (each === label ? [{ index, score: scores[index]! }] : []));
  const kept: Kept[] = [];
  while (left.length > 0) {
    const best = left.reduce((most, each, at) => (each.score > left[most]!.score ? at : most), 0);
    const [taken] = left.splice(best, 1) as [Kept];
    if (taken.score < least) break;
    kept.push(taken);
    for (const each of left) each.score *= factor(iou(xyxy, taken.index, xyxy, each.index));
  }
  return kept;
}
