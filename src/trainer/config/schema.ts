import { z } from 'zod';
import { detectors } from '../models/detectors/index.js';
import { optimizers } from '../optimizers/index.js';
import { checkTree } from './check.js';
import { jsonSchemaOf } from './json-schema.js';
import { loadTree } from './load.js';
import type { Tree } from './tree.js';

const part = z.number().min(0).max(1);
const natural = z.int().min(1);

/**
 * How large pictures enter the network, pixels; the long side gives way. With `smallestObject` the short side is only as large as the
 * data ask for: down to `leastShortSide`, as long as a tenth of the objects of some class are smaller than that many pixels.
 */
const pictureSize = z.union([
  z.strictObject({ shortSide: natural, longSide: natural }),
  z.strictObject({ shortSide: natural, longSide: natural, leastShortSide: natural, smallestObject: natural }),
]);

const rate = {
  peak: z.number().positive(),
  peakForBatch: natural
    .optional()
    .describe('the number of pictures in a batch that the peak is for; with another one it is larger or smaller in proportion'),
  warmUp: part.describe('the part of the run in which the rate rises to its peak'),
  warmUpFrom: part.default(0).describe('what it rises from, as a part of the peak'),
};
const schedule = z
  .union([
    z.strictObject({ type: z.literal('cosine').default('cosine'), ...rate, final: part.describe('of the peak, at the end') }),
    z.strictObject({
      type: z.literal('step'),
      ...rate,
      steps: z.array(part).describe('the parts of the run after which the rate falls'),
      factor: part.default(0.1).describe('what it falls to'),
    }),
  ])
  .describe('the learning rate over the run; a half cosine unless `type: step` is said');

/** What a training config may say; unknown keys are refused, and a key without a default is required. */
export const configSchema = z.strictObject({
  model: detectors.slot,
  data: z.strictObject({
    size: pictureSize,
    resize: z
      .enum(['antialiased', 'torchvision'])
      .default('antialiased')
      .describe(
        'how pictures are scaled: to bytes, without aliasing; or as torchvision does it, bilinear in floats, sides rounded down, padded with the mean',
      ),
    multipleOf: natural.max(256).default(1).describe('the sides of a batch are padded to multiples of this, pixels'),
    augment: z.strictObject({
      flipX: part.optional(),
      flipY: part.optional(),
      scale: z.tuple([z.number().positive(), z.number().positive()]).optional(),
      stretch: z.number().min(0).optional(),
      brightness: part.optional(),
      contrast: part.optional(),
      saturation: part.optional(),
      leastVisible: part.optional(),
    }),
  }),
  training: z.strictObject({
    batch: natural,
    epochs: natural,
    optimizer: optimizers.slot,
    schedule,
    clip: z.number().positive().optional().describe('largest norm of the gradient of all parameters together'),
    classBalance: part.describe('0: objects count alike; 1: classes do, however rare; between: the power of the inverse frequency'),
    averaging: part.describe('decay of the moving average of the weights'),
  }),
  evaluation: z.strictObject({ at: z.array(part).min(1), sample: natural }),
});
export type TrainingConfig = z.infer<typeof configSchema>;

/** What a run adds to its config: enough to build the model again and to say where it came from. */
export const runSchema = z.strictObject({
  classes: z.array(z.string()).min(1),
  data: z.strictObject({ directory: z.string(), trainSplit: z.string(), valSplit: z.string() }),
  /** By class, for the objects of rare ones. */
  classWeights: z.array(z.number().positive()),
  seed: z.int(),
  engine: z.string(),
  /** How the engine computed; a run of before these were kept has none. */
  precision: z.enum(['fp32', 'tf32', 'bf16']).exactOptional(),
  threads: natural.exactOptional(),
  deterministic: z.boolean().exactOptional(),
  budget: z.union([z.strictObject({ epochs: natural }), z.strictObject({ maxMinutes: z.number().positive() })]),
  madeBy: z.string(),
});
export type RunDescription = z.infer<typeof runSchema>;

/** `config.yaml` of a work dir. */
export const resolvedSchema = configSchema.extend({ run: runSchema });
export type ResolvedConfig = z.infer<typeof resolvedSchema>;

/** A training config with what it builds on and `--set` in it: of a file that a user wrote, or of the `config.yaml` of a work dir. */
export async function readConfig(
  path: string,
  { set, shown }: { readonly set: readonly string[]; readonly shown: string },
): Promise<{ config: TrainingConfig; tree: Tree }> {
  const tree = await loadTree(path, { set, shown });
  const resolved = tree.kind === 'map' && tree.entries.has('run');
  return { config: checkTree(tree, resolved ? resolvedSchema : configSchema), tree };
}

/** The same for editors (`configs/schema/training.schema.json`). */
export const configJsonSchema = () =>
  jsonSchemaOf(configSchema, { title: 'A training config of gpu-setup', description: 'docs/configs.md explains it' });
