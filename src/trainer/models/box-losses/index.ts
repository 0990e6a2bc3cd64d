import { z } from 'zod';
import { type ConfigOf, Registry } from '../../registry.js';
import { balancedL1 } from './balanced-l1.js';
import type { BoxLoss } from './box-loss.js';
import { l1 } from './l1.js';
import { smoothL1 } from './smooth-l1.js';

/** LOSSES of boxes. */
export const boxLosses = new Registry('loss of boxes', [balancedL1, l1, smoothL1]);
type BoxLossConfig = ConfigOf<(typeof boxLosses)['components'][number]>;

/** What a head says of its boxes' loss: one of the list, or `beta` alone, which means smooth L1. */
export const boxLossKeys = {
  boxLoss: boxLosses.slot.optional().describe('smooth L1 with `beta` unless told'),
  beta: z.number().positive().optional().describe('of smooth L1; the same as `boxLoss: {type: smooth_l1, beta: …}`'),
};

export function boxLossOf({
  boxLoss,
  beta,
}: {
  readonly boxLoss?: BoxLossConfig | undefined;
  readonly beta?: number | undefined;
}): BoxLoss {
  return boxLosses.build(boxLoss ?? { type: 'smooth_l1', beta: beta ?? 1 }, undefined);
}
