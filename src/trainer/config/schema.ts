import { z } from 'zod';

const part = z.number().min(0).max(1);
const natural = z.int().min(1);
const assign = z.strictObject({
  positive: part.describe('from this IoU on a box stands for an object'),
  negative: part.describe('below this IoU with every object a box is background'),
  bestForEach: z.boolean().describe('each object also takes the boxes that overlap it best'),
});
const proposals = z.strictObject({ before: natural, threshold: part, after: natural });
const anchorShape = z.tuple([z.number().positive(), z.number().positive()]);

/** Which anchors: how many to fit to the data, their widths and heights in pixels, or sizes for each map in every ratio. */
const anchors = z.union([
  z.strictObject({ fit: natural.max(64) }),
  z.array(anchorShape).min(1),
  z.strictObject({ sizes: z.array(z.array(z.number().positive()).min(1)).min(1), ratios: z.array(z.number().positive()).min(1) }),
]);

/**
 * How large pictures enter the network, pixels; the long side gives way. With `smallestObject` the short side is only as large as the
 * data ask for: down to `leastShortSide`, as long as a tenth of the objects of some class are smaller than that many pixels.
 */
const pictureSize = z.union([
  z.strictObject({ shortSide: natural, longSide: natural }),
  z.strictObject({ shortSide: natural, longSide: natural, leastShortSide: natural, smallestObject: natural }),
]);

const optimizer = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('adamw'),
    beta1: part,
    beta2: part,
    epsilon: z.number().positive(),
    weightDecay: z.number().min(0),
  }),
  z.strictObject({ type: z.literal('sgd'), momentum: part, weightDecay: z.number().min(0) }),
]);

/** What a training config may say; every key is required, unknown ones are refused. */
export const configSchema = z.strictObject({
  model: z.strictObject({
    type: z.literal('faster_rcnn'),
    backbone: z.discriminatedUnion('type', [
      z.strictObject({
        type: z.literal('compact'),
        stem: natural,
        stemBlocks: z.int().min(0),
        stages: z
          .array(z.strictObject({ channels: natural, blocks: z.int().min(0) }))
          .min(1)
          .max(4),
      }),
      z.strictObject({ type: z.literal('resnet'), depth: z.union([z.literal(18), z.literal(34), z.literal(50)]) }),
    ]),
    neck: z.strictObject({ type: z.enum(['top_down', 'fpn']), channels: natural }),
    rpn: z.strictObject({
      anchors,
      norm: z.boolean(),
      assign,
      objectness: z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('sampled'), samples: natural, positiveFraction: part }),
        z.strictObject({ type: z.literal('focal'), alpha: part, gamma: z.number().min(0) }),
      ]),
      beta: z.number().positive(),
      proposals: z.strictObject({ training: proposals, testing: proposals }),
    }),
    head: z.strictObject({
      pooled: natural.max(14),
      reduced: z.int().min(0),
      width: natural,
      norm: z.boolean().describe('layer norm in the two fully connected layers'),
      boxPerClass: z.boolean().describe('each class has a box of its own; else all share one'),
      assign,
      samples: natural,
      positiveFraction: part,
      beta: z.number().positive(),
      testing: z.strictObject({ score: part, threshold: part, limit: natural }),
    }),
  }),
  data: z.strictObject({
    size: pictureSize,
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
    optimizer,
    schedule: z.strictObject({ peak: z.number().positive(), warmUp: part, final: part }),
    clip: z.number().positive().describe('largest norm of the gradient of all parameters together'),
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
