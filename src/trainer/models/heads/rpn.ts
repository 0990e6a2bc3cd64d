import { type Deviations, decodeBox, encodeBox } from '../../../ops/boxes.js';
import { byScore, nonMaximumSuppression } from '../../../ops/nms.js';
import * as tf from '../../../tf.js';
import type { Boxes, Truth } from '../../contracts.js';
import type { Random } from '../../random.js';
import { type AnchorGrid, type AnchorShape, anchorGrid } from '../anchors.js';
import { type AssignOptions, assign, sample } from '../assign.js';
import { conv, convNormRelu, type Pass } from '../layers.js';
import { binaryCrossEntropy, smoothL1 } from '../losses.js';
import type { Parameters } from '../parameters.js';

/** Legend: B pictures, H W map, A anchors per cell. */
export interface RpnOptions {
  readonly stride: number;
  readonly anchors: readonly AnchorShape[];
  readonly assign: AssignOptions;
  /** Anchors per picture that the losses see, and the largest part of them that stands for objects. */
  readonly samples: number;
  readonly positiveFraction: number;
  readonly beta: number;
  /** Proposals per picture: best before suppression, IoU of suppression, kept after it. */
  readonly proposals: { readonly training: ProposalOptions; readonly testing: ProposalOptions };
}
export interface ProposalOptions {
  readonly before: number;
  readonly threshold: number;
  readonly after: number;
}

const deviations: Deviations = [1, 1, 1, 1];

/** What the network says of every anchor, and where those anchors are. */
export interface RpnOutput {
  /** [B * H * W * A, 5]: logit of being an object, then four regression values */
  readonly rows: tf.Tensor2D;
  readonly grid: AnchorGrid;
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** A region proposal network (Ren et al., 2015, section 3.1) on one map. */
export interface Rpn {
  forward(map: tf.Tensor4D, pass: Pass): RpnOutput;
  /** Reads the rows and answers each picture's proposals, best first. */
  propose(output: RpnOutput, pictures: readonly PictureSize[], pass: Pass): Boxes[];
  losses(output: RpnOutput, truths: readonly Truth[], random: Random): { objectness: tf.Scalar; box: tf.Scalar };
}

export function regionProposals(parameters: Parameters, channels: number, options: RpnOptions): Rpn {
  const shapes = options.anchors;
  const tower = convNormRelu(parameters, 'rpn.tower', { from: channels, to: channels, size: 3 });
  const predict = conv(parameters, 'rpn.predict', { from: channels, to: shapes.length * 5, size: 1 }, { deviation: 0.01, bias: 0 });
  const grids = new Map<string, AnchorGrid>();
  const gridOf = (height: number, width: number): AnchorGrid => {
    const key = `${height}x${width}`;
    const grid = grids.get(key) ?? anchorGrid(height, width, options.stride, shapes);
    grids.set(key, grid);
    return grid;
  };
  return {
    forward(map, pass) {
      const [, height, width] = map.shape;
      const rows = tf.reshape(predict.forward(tower.forward(map, pass), pass), [-1, 5]) as tf.Tensor2D;
      return { rows, grid: gridOf(height, width) };
    },
    propose({ rows, grid }, pictures, { training }) {
      const data = rows.dataSync<'float32'>();
      const limits = training ? options.proposals.training : options.proposals.testing;
      return pictures.map((picture, index) => proposalsOf(data.subarray(index * grid.count * 5, (index + 1) * grid.count * 5), grid, picture, limits));
    },
    losses({ rows, grid }, truths, random) {
      const positives: number[] = [];
      const negatives: number[] = [];
      const targets: number[] = [];
      const encoded = new Float32Array(4);
      truths.forEach((truth, index) => {
        const assigned = assign(grid.xyxy, grid.count, truth, options.assign);
        const drawn = sample(assigned, options.samples, options.positiveFraction, random);
        for (const anchor of drawn.positives) {
          encodeBox(grid.xyxy, anchor, truth.boxes.xyxy, assigned[anchor]!, deviations, encoded, 0);
          targets.push(...encoded);
          positives.push(index * grid.count + anchor);
        }
        for (const anchor of drawn.negatives) negatives.push(index * grid.count + anchor);
      });
      const count = positives.length + negatives.length;
      const chosen = tf.gather(rows, tf.tensor1d(Int32Array.from([...positives, ...negatives]), 'int32'));
      const logits = tf.reshape(tf.slice(chosen, [0, 0], [count, 1]), [count]) as tf.Tensor1D;
      const wanted = new Float32Array(count).fill(1, 0, positives.length);
      const objectness = tf.div(binaryCrossEntropy(logits, tf.tensor1d(wanted)), Math.max(count, 1)) as tf.Scalar;
      const box =
        positives.length > 0
          ? (tf.div(
              smoothL1(tf.slice(chosen, [0, 1], [positives.length, 4]), tf.tensor2d(targets, [positives.length, 4]), options.beta),
              Math.max(count, 1),
            ) as tf.Scalar)
          : tf.scalar(0);
      return { objectness, box };
    },
  };
}

/** The best `before` anchors of one picture's rows, decoded, clipped and suppressed. */
function proposalsOf(rows: Float32Array, grid: AnchorGrid, picture: PictureSize, { before, threshold, after }: ProposalOptions): Boxes {
  const logits = new Float32Array(grid.count);
  for (let i = 0; i < grid.count; i++) logits[i] = rows[5 * i]!;
  // The lowest logit that may still pass, found without sorting indices.
  const floor = grid.count > before ? logits.slice().sort()[grid.count - before]! : Number.NEGATIVE_INFINITY;
  const chosen: number[] = [];
  for (let i = 0; i < grid.count; i++) if (logits[i]! >= floor) chosen.push(i);
  const deltas = new Float32Array(4);
  const decoded = new Float32Array(4 * chosen.length);
  const scores = new Float32Array(chosen.length);
  let count = 0;
  for (const anchor of chosen) {
    for (let k = 0; k < 4; k++) deltas[k] = rows[5 * anchor + 1 + k]!;
    decodeBox(grid.xyxy, anchor, deltas, 0, deviations, picture, decoded, count);
    // A proposal thinner than a pixel holds no object.
    if (decoded[4 * count + 2]! - decoded[4 * count]! < 1 || decoded[4 * count + 3]! - decoded[4 * count + 1]! < 1) continue;
    scores[count++] = logits[anchor]!;
  }
  const kept = nonMaximumSuppression(decoded, byScore(scores.subarray(0, count)), { threshold, limit: after });
  const xyxy = new Float32Array(4 * kept.length);
  kept.forEach((from, to) => xyxy.set(decoded.subarray(4 * from, 4 * from + 4), 4 * to));
  return { count: kept.length, xyxy };
}
