import { z } from 'zod';
import { batchedNms } from '../../../ops/batched-nms.js';
import { type Deviations, decodeBox, encodeBox } from '../../../ops/boxes.js';
import * as tf from '../../../tf.js';
import type { Boxes, Truth } from '../../contracts.js';
import type { Random } from '../../random.js';
import { type AnchorShape, anchorGrid, baseAnchors, type StackedGrids, stackGrids } from '../anchors.js';
import { assign, assignOptions, background } from '../assign.js';
import { boxLossKeys, boxLossOf } from '../box-losses/index.js';
import type { Building } from '../building.js';
import type { Convention } from '../convention.js';
import { conv, convNormRelu, convRelu, type Pass } from '../layers.js';
import { binaryCrossEntropy, focalLoss } from '../losses.js';
import type { Neck } from '../necks/neck.js';
import { samplerSlot, samplers } from '../samplers/index.js';

/** Legend: B pictures, A anchors per picture over all maps. */
const fraction = z.number().min(0).max(1);
const proposalOptions = z
  .strictObject({ before: z.int().min(1), threshold: fraction, after: z.int().min(1) })
  .describe('proposals per picture: best of each map before suppression, IoU of suppression within a map, kept of all after it');
const anchorShape = z.tuple([z.number().positive(), z.number().positive()]);
const anchorOptions = z
  .union([
    z.strictObject({ fit: z.int().min(1).max(64) }),
    z.array(anchorShape).min(1),
    z.strictObject({ sizes: z.array(z.array(z.number().positive()).min(1)).min(1), ratios: z.array(z.number().positive()).min(1) }),
  ])
  .describe('how many to fit to the data, their widths and heights in pixels, or sizes for each map in every ratio of height to width');

/** What a config says of the region proposal network. */
export const rpnOptions = z.strictObject({
  anchors: anchorOptions,
  norm: z.boolean().describe("whether the tower has a batch norm; the paper's has none"),
  assign: assignOptions,
  objectness: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('sampled'), samples: z.int().min(1), positiveFraction: fraction, sampler: samplerSlot }),
      z.strictObject({ type: z.literal('focal'), alpha: fraction, gamma: z.number().min(0) }),
    ])
    .meta({ title: 'way to teach the logits' })
    .describe('how the logits are taught: a few anchors per picture (`sampled`), or all, easy ones counting little (`focal`)'),
  ...boxLossKeys,
  proposals: z.strictObject({ training: proposalOptions, testing: proposalOptions }),
});

export interface RpnOptions extends Omit<z.output<typeof rpnOptions>, 'anchors'> {
  /** Of each map, as many everywhere. */
  readonly anchors: readonly (readonly AnchorShape[])[];
  /** By label, mean 1 over the objects: how much an object of the class counts with focal loss. */
  readonly classWeights: readonly number[];
}
/** `focal` (Lin et al., 2017, focal loss, equation 5) teaches more per iteration and finds rare, small objects within minutes. */
export type ObjectnessOptions = RpnOptions['objectness'];
export type ProposalOptions = z.output<typeof proposalOptions>;

const deviations: Deviations = [1, 1, 1, 1];

/** What the network says of every anchor, and where those anchors are. */
export interface RpnOutput {
  /** [B * A, 5]: logit of being an object, then four regression values */
  readonly rows: tf.Tensor2D;
  readonly grid: StackedGrids;
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** A region proposal network (Ren et al., 2015, section 3.1), the same on every map. */
export interface Rpn {
  /** `size` is that of the batch's pictures with what pads them. */
  forward(maps: readonly tf.Tensor4D[], size: PictureSize, pass: Pass): RpnOutput;
  /** Reads the rows and answers each picture's proposals, best first. */
  propose(output: RpnOutput, pictures: readonly PictureSize[], pass: Pass): Boxes[];
  losses(output: RpnOutput, truths: readonly Truth[], random: Random): { objectness: tf.Scalar; box: tf.Scalar };
}

export function regionProposals(building: Building, { channels, strides }: Pick<Neck, 'channels' | 'strides'>, options: RpnOptions): Rpn {
  const { convention } = building;
  const perCell = options.anchors[0]!.length;
  const sizes = { from: channels, to: channels, size: 3 };
  const tower = options.norm ? convNormRelu(building, 'rpn.tower', sizes) : convRelu(building, 'rpn.tower', sizes);
  const predict = conv(
    building,
    'rpn.predict',
    { from: channels, to: perCell * 5, size: 1 },
    { deviation: 0.01, bias: priorBias(options.objectness, perCell) },
  );
  const boxLoss = boxLossOf(options);
  const bases = strides.map((stride, level) => baseAnchors(options.anchors[level]!, stride, convention.anchors));
  const grids = new Map<string, StackedGrids>();
  const gridOf = (maps: readonly tf.Tensor4D[], size: PictureSize): StackedGrids => {
    const key = [`${size.height}x${size.width}`, ...maps.map(({ shape }) => `${shape[1]}x${shape[2]}`)].join();
    const grid =
      grids.get(key) ??
      stackGrids(
        maps.map(({ shape: [, height, width] }, level) => {
          const nominal = { x: strides[level]!, y: strides[level]! };
          const measured = { x: Math.floor(size.width / width), y: Math.floor(size.height / height) };
          return anchorGrid(height, width, convention.strides === 'nominal' ? nominal : measured, bases[level]!);
        }),
      );
    grids.set(key, grid);
    return grid;
  };
  return {
    forward(maps, size, pass) {
      const each = maps.map((map) => tf.reshape(predict.forward(tower.forward(map, pass), pass), [map.shape[0], -1, 5]));
      const all = each.length === 1 ? each[0]! : tf.concat(each, 1);
      return { rows: tf.reshape(all, [-1, 5]) as tf.Tensor2D, grid: gridOf(maps, size) };
    },
    propose({ rows, grid }, pictures, { training }) {
      const data = rows.dataSync<'float32'>();
      const limits = training ? options.proposals.training : options.proposals.testing;
      return pictures.map((picture, index) =>
        proposalsOf(data.subarray(index * grid.count * 5, (index + 1) * grid.count * 5), grid, picture, limits, convention),
      );
    },
    losses({ rows, grid }, truths, random) {
      const assigned = truths.map((truth) => assign(grid.xyxy, grid.count, truth, options.assign, convention.lowQuality));
      const taught = teach(assigned, truths, options, random);
      const { positives } = taught;
      const weight =
        convention.boxMean === 'sampled' && taught.sampled !== undefined
          ? taught.sampled
          : positives.weights.reduce((sum, each) => sum + each, 0);
      const encoded = new Float32Array(4 * positives.rows.length);
      positives.rows.forEach((row, i) => {
        const picture = Math.floor(row / grid.count);
        const anchor = row % grid.count;
        encodeBox(grid.xyxy, anchor, truths[picture]!.boxes.xyxy, assigned[picture]![anchor]!, deviations, encoded, i);
      });
      const logitsOf = (of: tf.Tensor, count: number) => tf.reshape(tf.slice(of, [0, 0], [count, 1]), [count]) as tf.Tensor1D;
      const objectness = taught.loss(rows, logitsOf);
      if (positives.rows.length === 0) return { objectness, box: tf.scalar(0) };
      const regressed = tf.slice(tf.gather(rows, tf.tensor1d(Int32Array.from(positives.rows), 'int32')), [0, 1], [-1, 4]);
      const targets = tf.tensor2d(encoded, [positives.rows.length, 4]);
      const weights = tf.tensor2d(Float32Array.from(positives.weights), [positives.weights.length, 1]);
      const distance = boxLoss(regressed, targets, weights);
      return { objectness, box: tf.div(distance, weight) as tf.Scalar };
    },
  };
}

/** Rows that stand for objects, and how much each counts. */
interface Positives {
  readonly rows: readonly number[];
  readonly weights: readonly number[];
}
type LogitsOf = (rows: tf.Tensor, count: number) => tf.Tensor1D;

/** Which rows the losses see, and the loss of their logits. */
function teach(
  assigned: readonly Int32Array[],
  truths: readonly Truth[],
  { objectness: options, classWeights }: Pick<RpnOptions, 'objectness' | 'classWeights'>,
  random: Random,
): { positives: Positives; sampled?: number; loss(rows: tf.Tensor2D, logitsOf: LogitsOf): tf.Scalar } {
  const perPicture = assigned[0]?.length ?? 0;
  if (options.type === 'sampled') {
    const positives: number[] = [];
    const negatives: number[] = [];
    const sampler = samplers.build(options.sampler, undefined);
    assigned.forEach((each, picture) => {
      const drawn = sampler.draw(each, options, random);
      for (const anchor of drawn.positives) positives.push(picture * perPicture + anchor);
      for (const anchor of drawn.negatives) negatives.push(picture * perPicture + anchor);
    });
    const count = positives.length + negatives.length;
    return {
      positives: { rows: positives, weights: positives.map(() => 1) },
      sampled: count,
      loss(rows, logitsOf) {
        if (count === 0) return tf.scalar(0);
        const logits = logitsOf(tf.gather(rows, tf.tensor1d(Int32Array.from([...positives, ...negatives]), 'int32')), count);
        const wanted = new Float32Array(count).fill(1, 0, positives.length);
        return tf.div(binaryCrossEntropy(logits, tf.tensor1d(wanted)), count) as tf.Scalar;
      },
    };
  }
  // Anchors per object on average: the sum over an object's anchors is as large as it would be without weights.
  const scale = anchorsPerObject(assigned);
  const wanted = new Float32Array(assigned.length * perPicture);
  const weights = new Float32Array(assigned.length * perPicture);
  const rows: number[] = [];
  const rowWeights: number[] = [];
  assigned.forEach((each, picture) => {
    const share = sharePerObject(each, truths[picture]!, classWeights);
    for (let anchor = 0; anchor < perPicture; anchor++) {
      const object = each[anchor]!;
      const row = picture * perPicture + anchor;
      if (object === background) weights[row] = 1;
      else if (object >= 0) {
        wanted[row] = 1;
        weights[row] = scale * share(object);
        rows.push(row);
        rowWeights.push(weights[row]!);
      }
    }
  });
  const total = Math.max(
    rowWeights.reduce((sum, weight) => sum + weight, 0),
    1,
  );
  return {
    positives: { rows, weights: rowWeights },
    loss: (all, logitsOf) =>
      tf.div(focalLoss(logitsOf(all, wanted.length), tf.tensor1d(wanted), tf.tensor1d(weights), options), total) as tf.Scalar,
  };
}

function anchorsPerObject(assigned: readonly Int32Array[]): number {
  let anchors = 0;
  let objects = 0;
  for (const each of assigned) {
    const seen = new Set<number>();
    for (const object of each) {
      if (object < 0) continue;
      anchors++;
      seen.add(object);
    }
    objects += seen.size;
  }
  return anchors / Math.max(objects, 1);
}

/** Every object counts the same whether many anchors stand for it or one, but for the weight of its class. */
function sharePerObject(assigned: Int32Array, truth: Truth, classWeights: readonly number[]): (object: number) => number {
  const counts = new Map<number, number>();
  for (const object of assigned) if (object >= 0) counts.set(object, (counts.get(object) ?? 0) + 1);
  return (object) => classWeights[truth.labels[object]!]! / counts.get(object)!;
}

/** With focal loss the logits start at a probability of 1 %, else the many background anchors would blow up the first iterations (section 4.1). */
function priorBias({ type }: ObjectnessOptions, shapes: number): number | Float32Array {
  if (type === 'sampled') return 0;
  const bias = new Float32Array(shapes * 5);
  for (let i = 0; i < shapes; i++) bias[5 * i] = -Math.log(99);
  return bias;
}

/** The best `before` anchors of each map among one picture's rows, decoded, clipped and suppressed map by map (Lin et al., 2017, section 4.1). */
function proposalsOf(
  rows: Float32Array,
  grid: StackedGrids,
  picture: PictureSize,
  { before, threshold, after }: ProposalOptions,
  { ranking, leastProposal }: Pick<Convention, 'ranking' | 'leastProposal'>,
): Boxes {
  const chosen: { readonly anchor: number; readonly map: number }[] = [];
  let start = 0;
  grid.counts.forEach((length, map) => {
    const found = best(rows, start, length, before);
    // Where probabilities are equal, the better logits come first, and no more than were asked for.
    if (ranking === 'probabilities') found.sort((a, b) => rows[5 * b]! - rows[5 * a]! || a - b).splice(before);
    for (const anchor of found) chosen.push({ anchor, map });
    start += length;
  });
  const deltas = new Float32Array(4);
  const decoded = new Float32Array(4 * chosen.length);
  const scores = new Float32Array(chosen.length);
  const maps = new Int32Array(chosen.length);
  let count = 0;
  for (const { anchor, map } of chosen) {
    for (let k = 0; k < 4; k++) deltas[k] = rows[5 * anchor + 1 + k]!;
    decodeBox(grid.xyxy, anchor, deltas, 0, deviations, picture, decoded, count);
    const [width, height] = [decoded[4 * count + 2]! - decoded[4 * count]!, decoded[4 * count + 3]! - decoded[4 * count + 1]!];
    if (!(width > 0 && height > 0 && width >= leastProposal && height >= leastProposal)) continue;
    const logit = rows[5 * anchor]!;
    scores[count] = ranking === 'logits' ? logit : 1 / (1 + Math.exp(-logit));
    maps[count++] = map;
  }
  const kept = tf.tidy(() => {
    const boxes = tf.tensor2d(decoded.subarray(0, 4 * count), [count, 4]);
    const logits = tf.tensor1d(scores.subarray(0, count));
    return batchedNms(boxes, logits, tf.tensor1d(maps.subarray(0, count), 'int32'), { threshold, limit: after }).dataSync();
  });
  const xyxy = new Float32Array(4 * kept.length);
  for (const [to, from] of kept.entries()) xyxy.set(decoded.subarray(4 * from, 4 * from + 4), 4 * to);
  return { count: kept.length, xyxy };
}

/** The anchors `start` to `start + length` with the highest logits, at least `count` of them where there are so many, in their order. */
function best(rows: Float32Array, start: number, length: number, count: number): number[] {
  const logits = new Float32Array(length);
  for (let i = 0; i < length; i++) logits[i] = rows[5 * (start + i)]!;
  // The lowest logit that may still pass, found without sorting indices.
  const floor = length > count ? logits.slice().sort()[length - count]! : Number.NEGATIVE_INFINITY;
  const found: number[] = [];
  for (let i = 0; i < length; i++) if (logits[i]! >= floor) found.push(start + i);
  return found;
}
