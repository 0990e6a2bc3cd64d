import { batchedNms } from '../../../ops/batched-nms.js';
import { type Deviations, decodeBox, encodeBox } from '../../../ops/boxes.js';
import { joinRows } from '../../../ops/join-rows.js';
import { roiAlign } from '../../../ops/roi-align.js';
import * as tf from '../../../tf.js';
import type { Boxes, Detections, Truth } from '../../contracts.js';
import type { Random } from '../../random.js';
import { type AssignOptions, assign, sample } from '../assign.js';
import { convNormRelu, dense, denseNormRelu, denseRelu, type Pass } from '../layers.js';
import { crossEntropy, smoothL1 } from '../losses.js';
import type { Neck } from '../necks/neck.js';
import type { Parameters } from '../parameters.js';
import { regionLevel } from './region-level.js';
import type { PictureSize } from './rpn.js';

/** Legend: N regions, P pooled side, K classes; class 0 of the logits is background. */
export interface BoxHeadOptions {
  readonly pooled: number;
  /** Channels that regions are taken from, after a 1x1 convolution: what the first layer has to weigh. 0 takes the maps as they are. */
  readonly reduced: number;
  readonly width: number;
  /** Whether the two layers have a layer norm; the paper's have none. */
  readonly norm: boolean;
  /** Whether each class regresses a box of its own, as in the paper, or all share one. */
  readonly boxPerClass: boolean;
  readonly assign: AssignOptions;
  /** Regions per picture that the losses see, and the largest part of them that stands for objects. */
  readonly samples: number;
  readonly positiveFraction: number;
  readonly beta: number;
  readonly testing: { readonly score: number; readonly threshold: number; readonly limit: number };
}

const deviations: Deviations = [0.1, 0.1, 0.2, 0.2];

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
  parameters: Parameters,
  { channels, strides }: Pick<Neck, 'channels' | 'strides'>,
  classes: number,
  options: BoxHeadOptions,
): BoxHead {
  const { pooled, width, reduced, norm, boxPerClass } = options;
  const reduce = reduced > 0 ? convNormRelu(parameters, 'head.reduce', { from: channels, to: reduced, size: 1 }) : undefined;
  const inputs = pooled * pooled * (reduced || channels);
  // A pyramid's coarsest map is for proposals alone (Lin et al., 2017, section 4.2).
  const levels = strides.length > 1 ? strides.slice(0, -1) : strides;
  const layer = norm ? denseNormRelu : denseRelu;
  const first = layer(parameters, 'head.fc1', { from: inputs, to: width });
  const second = layer(parameters, 'head.fc2', { from: width, to: width });
  const scores = dense(parameters, 'head.classes', { from: width, to: classes + 1 }, { kind: 'normal', deviation: 0.01 });
  // Background has a box too that nothing teaches, so that a class's box lies where its logit does.
  const boxesPerRegion = boxPerClass ? classes + 1 : 1;
  const deltas = dense(parameters, 'head.box', { from: width, to: 4 * boxesPerRegion }, { kind: 'normal', deviation: 0.001 });
  const boxOf = (label: number) => (boxPerClass ? label + 1 : 0);

  const forward = (maps: readonly tf.Tensor4D[], xyxy: Float32Array, pictureOf: Int32Array, pass: Pass): Seen => {
    const count = pictureOf.length;
    const used = levels.map((_, level) => reduce?.forward(maps[level]!, pass) ?? maps[level]!);
    const { regions, inOrder } = pooledRegions(used, levels, xyxy, pictureOf, pooled);
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
        const assigned = assign(xyxy, xyxy.length / 4, truth, options.assign);
        const drawn = sample(assigned, options.samples, options.positiveFraction, random);
        for (const region of [...drawn.positives, ...drawn.negatives]) {
          const object = assigned[region]!;
          if (object >= 0) {
            encodeBox(xyxy, region, truth.boxes.xyxy, object, deviations, encoded, 0);
            targets.push(...encoded);
            positiveRows.push(labels.length * boxesPerRegion + boxOf(truth.labels[object]!));
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
        const found = detectionsOf(box, probabilities, start, start + count, classes, options.testing);
        start += count;
        return found;
      });
    },
  };
}

/**
 * Regions [N, P, P, C] of the boxes, each from the map that its size belongs to, map after map; `inOrder` brings rows of that order into the
 * boxes' own. Of what the head makes of a region there is a hundredth as much to move as of the region.
 */
function pooledRegions(
  maps: readonly tf.Tensor4D[],
  strides: readonly number[],
  xyxy: Float32Array,
  pictureOf: Int32Array,
  size: number,
): { regions: tf.Tensor4D; inOrder(rows: tf.Tensor2D): tf.Tensor2D } {
  const align = (level: number, boxes: Float32Array, pictures: Int32Array) =>
    roiAlign(maps[level]!, tf.tensor2d(boxes, [pictures.length, 4]), tf.tensor1d(pictures, 'int32'), {
      size,
      scale: 1 / strides[level]!,
      samples: 2,
    });
  if (maps.length === 1) return { regions: align(0, xyxy, pictureOf), inOrder: (rows) => rows };
  const members: number[][] = maps.map(() => []);
  for (let n = 0; n < pictureOf.length; n++) {
    const [width, height] = [xyxy[4 * n + 2]! - xyxy[4 * n]!, xyxy[4 * n + 3]! - xyxy[4 * n + 1]!];
    members[regionLevel(width, height, strides[0]!, maps.length)]!.push(n);
  }
  const regions = tf.tidy(() =>
    joinRows(
      members.flatMap((indices, level) =>
        indices.length === 0
          ? []
          : [
              align(
                level,
                Float32Array.from(indices.flatMap((n) => [...xyxy.subarray(4 * n, 4 * n + 4)])),
                Int32Array.from(indices, (n) => pictureOf[n]!),
              ),
            ],
      ),
    ),
  );
  const positions = new Int32Array(pictureOf.length);
  for (const [position, n] of members.flat().entries()) positions[n] = position;
  const places = tf.tensor1d(positions, 'int32');
  return { regions, inOrder: (rows) => tf.gather(rows, places) };
}

const nothing: Detections = { boxes: { count: 0, xyxy: new Float32Array() }, labels: new Int32Array(), scores: new Float32Array() };

/** Regions `from` to `to` as detections: above the score, suppressed class by class, the best `limit` of all. */
function detectionsOf(
  box: (region: number, label: number) => Float32Array,
  probabilities: Float32Array,
  from: number,
  to: number,
  classes: number,
  { score, threshold, limit }: BoxHeadOptions['testing'],
): Detections {
  const boxes: number[] = [];
  const labels: number[] = [];
  const scores: number[] = [];
  for (let label = 0; label < classes; label++) {
    for (let region = from; region < to; region++) {
      const probability = probabilities[region * (classes + 1) + label + 1]!;
      if (probability < score) continue;
      const [x1, y1, x2, y2] = box(region, label) as unknown as [number, number, number, number];
      if (x2 <= x1 || y2 <= y1) continue;
      boxes.push(x1, y1, x2, y2);
      labels.push(label);
      scores.push(probability);
    }
  }
  const kept = tf.tidy(() => {
    const candidates = tf.tensor2d(boxes, [labels.length, 4]);
    return batchedNms(candidates, tf.tensor1d(scores, 'float32'), tf.tensor1d(labels, 'int32'), { threshold, limit }).dataSync();
  });
  const xyxy = new Float32Array(4 * kept.length);
  for (const [to, candidate] of kept.entries()) xyxy.set(boxes.slice(4 * candidate, 4 * candidate + 4), 4 * to);
  return {
    boxes: { count: kept.length, xyxy },
    labels: Int32Array.from(kept, (candidate) => labels[candidate]!),
    scores: Float32Array.from(kept, (candidate) => scores[candidate]!),
  };
}
