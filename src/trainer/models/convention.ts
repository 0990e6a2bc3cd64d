import { z } from 'zod';

/*
 * Detectors that are the same on paper differ in small things, and weights fit only the ones that they were trained with. `own` is what this trainer
 * does unless told; `torchvision` is its detectors', `v1` and `v3` are mmdetection's of before and after its version 2.
 *
 * mmdetection 1's boxes count their last pixel in (a width is x2 - x1 + 1). Here x2 and y2 are exclusive, so that a box is one larger at these sides and
 * every width, IoU and regression target is the same number without a +1.
 */

const options = z.strictObject({
  padding: z
    .enum(['far', 'even'])
    .describe('`far`: strided convolutions pad as TensorFlow does, at the far side first; `even`: as PyTorch does, at both'),
  anchors: z
    .enum(['centred', 'rounded', 'corner', 'v1'])
    .describe(
      'where an anchor lies: `centred` on its cell; `rounded` to whole pixels about its corner (torchvision); `corner`: about it, exact (mmdetection 3); `v1`: whole pixels, counted from the cell (mmdetection 1)',
    ),
  strides: z
    .enum(['nominal', 'measured'])
    .describe('how far apart anchors are: the power of two, or the picture divided by the map as torchvision does'),
  align: z
    .enum(['centred', 'corner'])
    .describe('RoIAlign with half a pixel taken off (`aligned=True`), or without and no region below one cell'),
  lowQuality: z
    .enum(['near', 'tied', 'given'])
    .describe(
      'which boxes an object takes where `bestForEach` is set: those within 1e-4 of its best; those that tie with it, each for its own best object; or those that tie, for this very object (mmdetection)',
    ),
  boxMean: z.enum(['positives', 'sampled']).describe('what the RPN divides the loss of its boxes by, with sampled anchors'),
  ranking: z.enum(['logits', 'probabilities']).describe('what proposals are suppressed by: equal ones keep their order'),
  leastProposal: z.number().min(0).describe('a proposal with a side below this goes, pixels'),
  leastDetection: z.number().min(0).describe('a detection with a side below this goes, pixels'),
  background: z.enum(['first', 'last']).describe('which of the logits is background; mmdetection 3 has it last, and no box for it'),
});

export type Convention = z.output<typeof options>;

const torchvision: Convention = {
  padding: 'even',
  anchors: 'rounded',
  strides: 'measured',
  align: 'corner',
  lowQuality: 'tied',
  boxMean: 'sampled',
  ranking: 'probabilities',
  leastProposal: 1e-3,
  leastDetection: 1e-2,
  background: 'first',
};

const conventions = {
  own: {
    padding: 'far',
    anchors: 'centred',
    strides: 'nominal',
    align: 'centred',
    lowQuality: 'near',
    boxMean: 'positives',
    ranking: 'logits',
    leastProposal: 1,
    leastDetection: 0,
    background: 'first',
  },
  torchvision,
  v1: { ...torchvision, anchors: 'v1', strides: 'nominal', lowQuality: 'given', leastProposal: 0, leastDetection: 0 },
  v3: {
    ...torchvision,
    anchors: 'corner',
    strides: 'nominal',
    align: 'centred',
    lowQuality: 'given',
    leastProposal: 0,
    leastDetection: 0,
    background: 'last',
  },
} as const satisfies Readonly<Record<string, Convention>>;

const names = Object.keys(conventions) as [keyof typeof conventions, ...(keyof typeof conventions)[]];

/** What a config says: a name, or a name and what differs from it. */
export const conventionSlot = z
  .union([z.enum(names), z.strictObject({ base: z.enum(names), ...options.partial().shape })])
  .default('own')
  .describe('small things in which detectors of one name differ');

export type ConventionConfig = z.output<typeof conventionSlot>;

export function conventionOf(config: ConventionConfig): Convention {
  if (typeof config === 'string') return conventions[config];
  const { base, ...differing } = config;
  const said = Object.fromEntries(Object.entries(differing).filter(([, value]) => value !== undefined));
  return { ...conventions[base], ...said };
}
