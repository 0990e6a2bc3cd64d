import { z } from 'zod';
import { decodeBox, encodeBox } from '../../../ops/boxes.js';
import * as tf from '../../../tf.js';
import type { Boxes, Detections, Truth } from '../../contracts.js';
import type { Random } from '../../random.js';
import { assign, assignOptions } from '../assign.js';
import { boxLossKeys, boxLossOf } from '../box-losses/index.js';
import type { Building } from '../building.js';
import { pooledByLevel } from '../extractors/by-level.js';
import { extractorSlot, extractors } from '../extractors/index.js';
import { convNormRelu, dense, denseNormRelu, denseRelu, type Pass } from '../layers.js';
import { crossEntropy } from '../losses.js';
import type { Neck } from '../necks/neck.js';
import { samplerSlot, samplers } from '../samplers/index.js';
import { suppressionSlot, suppressions } from '../suppressions/index.js';
import type { Suppression } from '../suppressions/suppression.js';
import type { PictureSize } from './rpn.js';

/** Legend: N regions, P pooled side, K classes; one more logit is background. */
const fraction = z.number().min(0).max(1);

/** What a config says of the box head. */
export const boxHeadOptions = z.strictObject({
  pooled: z.int().min(1).max(14),
  extractor: extractorSlot,
  reduced: z
    .int()
    .min(0)
    .describe(
      'channels that regions are taken from, after a 1x1 convolution: what the first layer has to weigh; 0 takes the maps as they are',
    ),
  width: z.int().min(1),
  norm: z.boolean().describe('layer norm in the two fully connected layers'),
  boxPerClass: z.boolean().describe('each class has a box of its own; else all share one'),
  deviations: z
    .tuple([z.number().positive(), z.number().positive(), z.number().positive(), z.number().positive()])
    .default([0.1, 0.1, 0.2, 0.2])
    .describe('what regression targets are divided by'),
  assign: assignOptions,
  sampler: samplerSlot,
  samples: z.int().min(1).describe('regions per picture that the losses see'),
  positiveFraction: fraction.describe('the largest part of them that stands for objects'),
  ...boxLossKeys,
  testing: z.strictObject({ score: fraction, threshold: fraction, limit: z.int().min(1), suppression: suppressionSlot }),
});
export type BoxHeadOptions = z.output<typeof boxHeadOptions>;

interface Seen {
  /** [N, K + 1] */
  readonly logits: tf.Tensor2D;
  /** [N * boxes per region, 4] */
  readonly boxes: tf.Tensor2D;
}

/** The box head of Fast R-CNN (Girshick, 2015): RoIAlign, two fully connected layers, classes and boxes. */
export interface BoxHead {
  losses(
    maps: readonly tf.Tensor4D[],
    proposals: readonly Boxes[],
    truths: readonly Truth[],
    random: Random,
  ): { classes: tf.Scalar; box: tf.Scalar };
  predict(maps: readonly tf.Tensor4D[], proposals: readonly Boxes[], pictures: readonly PictureSize[]): Detections[];
}

export function boxHead(
  building: Building,
  { channels, strides, regionLevels }: Pick<Neck, 'channels' | 'strides' | 'regionLevels'>,
  classes: number,
  options: BoxHeadOptions,
): BoxHead {
  const { parameters, convention } = building;
  const { pooled, width, reduced, norm, boxPerClass, deviations } = options;
  const reduce = reduced > 0 ? convNormRelu(building, 'head.reduce', { from: channels, to: reduced, size: 1 }) : undefined;
  const inputs = pooled * pooled * (reduced || channels);
  const levels = strides.slice(0, regionLevels);
  const layer = norm ? denseNormRelu : denseRelu;
  const first = layer(parameters, 'head.fc1', { from: inputs, to: width });
  const second = layer(parameters, 'head.fc2', { from: width, to: width });
  const scores = dense(parameters, 'head.classes', { from: width, to: classes + 1 }, { kind: 'normal', deviation: 0.01 });
  // Background, where it comes first, has a box too that nothing teaches, so that a class's box lies where its logit does.
  const shift = convention.background === 'first' ? 1 : 0;
  const backgroundLabel = convention.background === 'first' ? 0 : classes;
  const boxesPerRegion = boxPerClass ? classes + shift : 1;
  const deltas = dense(parameters, 'head.box', { from: width, to: 4 * boxesPerRegion }, { kind: 'normal', deviation: 0.001 });
  const boxOf = (label: number) => (boxPerClass ? label + shift : 0);
  const extract = extractors.build(options.extractor, convention);
  const sampler = samplers.build(options.sampler, undefined);
  const boxLoss = boxLossOf(options);
  const suppress = suppressions.build(options.testing.suppression, undefined);

  const forward = (maps: readonly tf.Tensor4D[], xyxy: Float32Array, pictureOf: Int32Array, pass: Pass): Seen => {
    const count = pictureOf.length;
    const used = levels.map((_, level) => reduce?.forward(maps[level]!, pass) ?? maps[level]!);
    const { regions, inOrder } = pooledByLevel(extract, used, levels, { xyxy, pictureOf }, pooled);
    const x = second.forward(first.forward(tf.reshape(regions, [count, inputs])));
    return { logits: inOrder(scores.forward(x)), boxes: tf.reshape(inOrder(deltas.forward(x)), [count * boxesPerRegion, 4]) };
  };

  return {
    losses(maps, proposals, truths, random) {
      const regions: number[] = [];
      const pictureOf: number[] = [];
      const labels: number[] = [];
      const positiveRows: number[] = [];
      const targets: number[] = [];
      const encoded = new Float32Array(4);
      truths.forEach((truth, index) => {
        // The objects themselves are proposals too, so that every picture has good ones from the first iteration on.
        const xyxy = new Float32Array([...proposals[index]!.xyxy, ...truth.boxes.xyxy]);
        const assigned = assign(xyxy, xyxy.length / 4, truth, options.assign, convention.lowQuality);
        const drawn = sampler.draw(assigned, options, random);
        for (const region of [...drawn.positives, ...drawn.negatives]) {
          const object = assigned[region]!;
          if (object >= 0) {
            encodeBox(xyxy, region, truth.boxes.xyxy, object, deviations, encoded, 0);
            targets.push(...encoded);
            positiveRows.push(labels.length * boxesPerRegion + boxOf(truth.labels[object]!));
          }
          labels.push(object >= 0 ? truth.labels[object]! + shift : backgroundLabel);
          pictureOf.push(index);
          for (let k = 0; k < 4; k++) regions.push(xyxy[4 * region + k]!);
        }
      });
      if (labels.length === 0) return { classes: tf.scalar(0), box: tf.scalar(0) };
      const { logits, boxes } = forward(maps, Float32Array.from(regions), Int32Array.from(pictureOf), { training: true });
      const positives = positiveRows.length;
      const box =
        positives > 0
          ? (tf.div(
              boxLoss(tf.gather(boxes, tf.tensor1d(positiveRows, 'int32')), tf.tensor2d(targets, [positives, 4])),
              labels.length,
            ) as tf.Scalar)
          : tf.scalar(0);
      return { classes: crossEntropy(logits, tf.tensor1d(labels, 'int32')), box };
    },
    predict(maps, proposals, pictures) {
      const total = proposals.reduce((sum, { count }) => sum + count, 0);
      if (total === 0) return pictures.map(() => nothing);
      const xyxy = new Float32Array(4 * total);
      const pictureOf = new Int32Array(total);
      let at = 0;
      proposals.forEach((boxes, index) => {
        xyxy.set(boxes.xyxy, 4 * at);
        pictureOf.fill(index, at, at + boxes.count);
        at += boxes.count;
      });
      const { logits, boxes } = forward(maps, xyxy, pictureOf, { training: false });
      const probabilities = tf.softmax(logits).dataSync<'float32'>();
      const regressed = boxes.dataSync<'float32'>();
      const decoded = new Float32Array(regressed.length);
      for (let box = 0; box < total * boxesPerRegion; box++) {
        const n = Math.floor(box / boxesPerRegion);
        decodeBox(xyxy, n, regressed, box, deviations, pictures[pictureOf[n]!]!, decoded, box);
      }
      const box = (region: number, label: number) => {
        const at = 4 * (region * boxesPerRegion + boxOf(label));
        return decoded.subarray(at, at + 4);
      };
      let start = 0;
      return proposals.map(({ count }) => {
        const scoreOf = (region: number, label: number) => probabilities[region * (classes + 1) + label + shift]!;
        const found = detectionsOf(
          { box, scoreOf, from: start, to: start + count, classes, suppress },
          options.testing,
          convention.leastDetection,
        );
        start += count;
        return found;
      });
    },
  };
}

const nothing: Detections = { boxes: { count: 0, xyxy: new Float32Array() }, labels: new Int32Array(), scores: new Float32Array() };

interface Judged {
  box(region: number, label: number): Float32Array;
  scoreOf(region: number, label: number): number;
  readonly from: number;
  readonly to: number;
  readonly classes: number;
  readonly suppress: Suppression;
}

/** Regions `from` to `to` as detections: above the score, suppressed class by class, the best `limit` of all. */
function detectionsOf(
  { box, scoreOf, from, to, classes, suppress }: Judged,
  { score, threshold, limit }: BoxHeadOptions['testing'],
  leastSide: number,
): Detections {
  const boxes: number[] = [];
  const labels: number[] = [];
  const scores: number[] = [];
  for (let label = 0; label < classes; label++) {
    for (let region = from; region < to; region++) {
      const probability = scoreOf(region, label);
      if (probability <= score) continue;
      const [x1, y1, x2, y2] = box(region, label) as unknown as [number, number, number, number];
      if (!(x2 > x1 && y2 > y1 && x2 - x1 >= leastSide && y2 - y1 >= leastSide)) continue;
      boxes.push(x1, y1, x2, y2);
      labels.push(label);
      scores.push(probability);
    }
  }
  const kept = suppress({ xyxy: boxes, labels, scores }, { threshold, limit });
  const xyxy = new Float32Array(4 * kept.length);
  for (const [to, { index }] of kept.entries()) xyxy.set(boxes.slice(4 * index, 4 * index + 4), 4 * to);
  return {
    boxes: { count: kept.length, xyxy },
    labels: Int32Array.from(kept, ({ index }) => labels[index]!),
    scores: Float32Array.from(kept, ({ score: each }) => each),
  };
}
