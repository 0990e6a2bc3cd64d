import { UserError } from '../../errors.js';
import { detectFamily } from './families/detect.js';
import { mapWeights } from './families/map-weights.js';
import { type Target, usualTarget } from './families/ours.js';
import { networkTensors } from './network-tensors.js';
import { openWeights } from './open-weights.js';

/** The scores of a region's classes, background among them. */
const scores = 'head.classes.bias';

/** How many classes, without background, a detector's weights know. Throws a UserError where they are none of a detector's. */
export function classCount(path: string, target: Partial<Target>): number {
  const file = openWeights(path);
  try {
    const tensors = networkTensors(file);
    const family = detectFamily(tensors, file.config);
    const found = family
      ? mapWeights(tensors, family, { ...usualTarget, ...target }, new Map([[scores, [0]]])).tensors.get(scores)
      : tensors.get(scores);
    const count = found?.shape[0];
    if (count !== undefined && count > 1) return count - 1;
    throw new UserError(`\`${path}\` has no scores of classes: these are not the weights of a detector`, {
      hint: 'the command `weights show` tells what is in it',
    });
  } finally {
    file.close();
  }
}
