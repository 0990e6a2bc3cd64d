import { type Deviations, decodeBox, encodeBox } from '../../../ops/boxes.js';
import { byScore, nonMaximumSuppression } from '../../../ops/nms.js';
import { roiAlign } from '../../../ops/roi-align.js';
import * as tf from '../../../tf.js';
import type { Boxes, Detections, Truth } from '../../contracts.js';
import type { Random } from '../../random.js';
import { type AssignOptions, assign, sample } from '../assign.js';
import { convNormRelu, dense, denseNormRelu, type Pass } from '../layers.js';
import { crossEntropy, smoothL1 } from '../losses.js';
import type { Neck } from '../necks/neck.js';
import type { Parameters } from '../parameters.js';
import type { PictureSize } from './rpn.js';

/** Legend: N regions, P pooled side, K classes; class 0 of the logits is background. */
export interface BoxHeadOptions {
  readonly pooled: number;
  /** Channels that regions are taken from, after a 1x1 convolution: what the first layer has to weigh. 0 takes the maps as they are. */
  readonly reduced: number;
  readonly width: number;
  readonly assign: AssignOptions;
  /** Regions per picture that the losses see, and the largest part of them that stands for objects. */
  readonly samples: number;
  readonly positiveFraction: number;
  readonly beta: number;
  readonly testing: { readonly score: number; readonly threshold: number; readonly limit: number };
}

const deviations: Deviations = [0.1, 0.1, 0.2, 0.2];

/** The box head of Fast R-CNN (Girshick, 2015): RoIAlign, two fully connected layers, classes and one class-agnostic box per region. */
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
  parameters: Parameters,
  { channels, strides }: Pick<Neck, 'channels' | 'strides'>,
  classes: number,
  options: BoxHeadOptions,
): BoxHead {
  const { pooled, width, reduced } = options;
  const reduce = reduced > 0 ? convNormRelu(parameters, 'head.reduce', { from: channels, to: reduced, size: 1 }) : undefined;
  const inputs = pooled * pooled * (reduced || channels);
  // A pyramid's coarsest map is for proposals alone (Lin et al., 2017, section 4.2).
  const levels = strides.length > 1 ? strides.slice(0, -1) : strides;
  const first = denseNormRelu(parameters, 'head.fc1', { from: inputs, to: width });
  const second = denseNormRelu(parameters, 'head.fc2', { from: width, to: width });
  const scores = dense(parameters, 'head.classes', { from: width, to: classes + 1 }, { kind: 'normal', deviation: 0.01 });
  const deltas = dense(parameters, 'head.box', { from: width, to: 4 }, { kind: 'normal', deviation: 0.001 });

  const forward = (
    maps: readonly tf.Tensor4D[],
    xyxy: Float32Array,
    pictureOf: Int32Array,
    pass: Pass,
  ): { logits: tf.Tensor2D; boxes: tf.Tensor2D } => {
    const count = pictureOf.length;
    const used = levels.map((_, level) => reduce?.forward(maps[level]!, pass) ?? maps[level]!);
    const regions = pooledRegions(used, levels, xyxy, pictureOf, pooled);
    const x = second.forward(first.forward(tf.reshape(regions, [count, inputs])));
    return { logits: scores.forward(x), boxes: deltas.forward(x) };
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
        const assigned = assign(xyxy, xyxy.length / 4, truth, options.assign);
        const drawn = sample(assigned, options.samples, options.positiveFraction, random);
        for (const region of [...drawn.positives, ...drawn.negatives]) {
          const object = assigned[region]!;
          if (object >= 0) {
            encodeBox(xyxy, region, truth.boxes.xyxy, object, deviations, encoded, 0);
            targets.push(...encoded);
            positiveRows.push(labels.length);
          }
          labels.push(object >= 0 ? truth.labels[object]! + 1 : 0);
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
              smoothL1(tf.gather(boxes, tf.tensor1d(positiveRows, 'int32')), tf.tensor2d(targets, [positives, 4]), options.beta),
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
      const decoded = new Float32Array(4 * total);
      for (let n = 0; n < total; n++) decodeBox(xyxy, n, regressed, n, deviations, pictures[pictureOf[n]!]!, decoded, n);
      let start = 0;
      return proposals.map(({ count }) => {
        const found = detectionsOf(decoded, probabilities, start, start + count, classes, options.testing);
        start += count;
        return found;
      });
    },
  };
}

/**
 * Regions [N, P, P, C] of the boxes, each from the map that its size belongs to (Lin et al., 2017, equation 1: the third map for a box
 * of 224 x 224 with strides from 4 on), in the boxes' order.
 */
function pooledRegions(
  maps: readonly tf.Tensor4D[],
  strides: readonly number[],
  xyxy: Float32Array,
  pictureOf: Int32Array,
  size: number,
): tf.Tensor4D {
  const align = (level: number, boxes: Float32Array, pictures: Int32Array) =>
    roiAlign(maps[level]!, tf.tensor2d(boxes, [pictures.length, 4]), tf.tensor1d(pictures, 'int32'), {
      size,
      scale: 1 / strides[level]!,
      samples: 2,
    });
  if (maps.length === 1) return align(0, xyxy, pictureOf);
  const members: number[][] = maps.map(() => []);
  for (let n = 0; n < pictureOf.length; n++) {
    const area = (xyxy[4 * n + 2]! - xyxy[4 * n]!) * (xyxy[4 * n + 3]! - xyxy[4 * n + 1]!);
    const level = Math.floor(4 + Math.log2(Math.sqrt(Math.max(area, 1)) / 224 + 1e-6)) - Math.log2(strides[0]!);
    members[Math.min(Math.max(level, 0), maps.length - 1)]!.push(n);
  }
  const pooled = members.flatMap((indices, level) =>
    indices.length === 0
      ? []
      : [
          align(
            level,
            Float32Array.from(indices.flatMap((n) => [...xyxy.subarray(4 * n, 4 * n + 4)])),
            Int32Array.from(indices, (n) => pictureOf[n]!),
          ),
        ],
  );
  const positions = new Int32Array(pictureOf.length);
  for (const [position, n] of members.flat().entries()) positions[n] = position;
  return tf.gather(tf.concat(pooled, 0), tf.tensor1d(positions, 'int32'));
}

const nothing: Detections = { boxes: { count: 0, xyxy: new Float32Array() }, labels: new Int32Array(), scores: new Float32Array() };

/** Regions `from` to `to` as detections: above the score, suppressed class by class, the best `limit` of all. */
function detectionsOf(
  xyxy: Float32Array,
  probabilities: Float32Array,
  from: number,
  to: number,
  classes: number,
  { score, threshold, limit }: BoxHeadOptions['testing'],
): Detections {
  const found: { region: number; label: number; score: number }[] = [];
  for (let label = 0; label < classes; label++) {
    const regions: number[] = [];
    const scores: number[] = [];
    for (let region = from; region < to; region++) {
      const probability = probabilities[region * (classes + 1) + label + 1]!;
      if (probability < score || xyxy[4 * region + 2]! <= xyxy[4 * region]! || xyxy[4 * region + 3]! <= xyxy[4 * region + 1]!) continue;
      regions.push(region);
      scores.push(probability);
    }
    const order = byScore(scores).map((index) => regions[index]!);
    for (const region of nonMaximumSuppression(xyxy, order, { threshold, limit })) {
      found.push({ region, label, score: probabilities[region * (classes + 1) + label + 1]! });
    }
  }
  found.sort((a, b) => b.score - a.score || a.label - b.label || a.region - b.region);
  const kept = found.slice(0, limit);
  return {
    boxes: { count: kept.length, xyxy: Float32Array.from(kept.flatMap(({ region }) => [...xyxy.subarray(4 * region, 4 * region + 4)])) },
    labels: Int32Array.from(kept, ({ label }) => label),
    scores: Float32Array.from(kept, ({ score: value }) => value),
  };
}
