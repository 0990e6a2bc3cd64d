import { z } from 'zod';
import { UserError } from '../../../errors.js';
import * as tf from '../../../tf.js';
import { type Batch, type Boxes, type Detections, pixelMean, type Truth } from '../../contracts.js';
import type { Random } from '../../random.js';
import { anchorShapes } from '../anchors.js';
import { backbones } from '../backbones/index.js';
import type { Building } from '../building.js';
import { conventionOf, conventionSlot } from '../convention.js';
import type { Detector, Losses } from '../detector.js';
import { type PictureSize, regionProposals, rpnOptions } from '../heads/rpn.js';
import type { Pass } from '../layers.js';
import { necks } from '../necks/index.js';
import type { Neck } from '../necks/neck.js';
import { Parameters } from '../parameters.js';

/** What all detectors that classify proposals have in their config. */
export const trunkOptions = z.strictObject({
  convention: conventionSlot,
  backbone: backbones.slot,
  neck: necks.slot,
  rpn: rpnOptions,
});
export type TrunkOptions = z.output<typeof trunkOptions>;

/** What a detector is built for. */
export interface TwoStageContext {
  readonly classes: readonly string[];
  /** By label, mean 1 over the objects. */
  readonly classWeights: readonly number[];
  readonly random: Random;
}

/** What comes after the proposals. */
export interface SecondStage {
  losses(maps: readonly tf.Tensor4D[], proposals: readonly Boxes[], truths: readonly Truth[], random: Random): Losses;
  predict(maps: readonly tf.Tensor4D[], proposals: readonly Boxes[], pictures: readonly PictureSize[]): Detections[];
}

/** A detector whose first stage can be looked at. */
export interface TwoStageDetector extends Detector {
  /** The neck's maps [1..B, H, W, C], the caller's to dispose, and each picture's proposals, best first, in pixels of the batch. */
  firstStage(batch: Batch): { readonly maps: readonly tf.Tensor4D[]; readonly proposals: readonly Boxes[] };
}

/** Deviation of RGB over natural pictures, 0 to 255. */
const pixelDeviation = [58.395, 57.12, 57.375] as const;

/** Backbone, neck and region proposals, and what `second` makes of these. */
export function twoStage(
  name: string,
  options: TrunkOptions,
  { classes, classWeights, random }: TwoStageContext,
  second: (building: Building, neck: Neck) => SecondStage,
): TwoStageDetector {
  const parameters = new Parameters(random);
  const convention = conventionOf(options.convention);
  const building: Building = { parameters, convention };
  const backbone = backbones.build(options.backbone, building);
  const neck = necks.build(options.neck, { ...building, backbone });
  const anchors = anchorsPerMap(options.rpn.anchors, neck.strides.length, convention.anchors !== 'centred');
  const rpn = regionProposals(building, neck, { ...options.rpn, anchors, classWeights });
  const stage = second(building, neck);

  const mapsOf = (batch: Batch, pass: Pass): tf.Tensor4D[] => {
    const pixels = tf.tensor4d(new Float32Array(batch.pixels), [batch.count, batch.height, batch.width, 3]);
    const pictures = tf.div(tf.sub(pixels, tf.tensor1d([...pixelMean])), tf.tensor1d([...pixelDeviation])) as tf.Tensor4D;
    return neck.forward(backbone.forward(pictures, pass), pass);
  };
  const use: Pass = { training: false };

  return {
    name,
    classes,
    parameters,
    losses(batch, drawn) {
      const pass = { training: true };
      const truths = batch.samples.map(({ truth }) => truth);
      const maps = mapsOf(batch, pass);
      const output = rpn.forward(maps, batch, pass);
      const proposals = rpn.propose(output, batch.samples, pass);
      const first = rpn.losses(output, truths, drawn);
      return { rpn_objectness: first.objectness, rpn_box: first.box, ...stage.losses(maps, proposals, truths, drawn) };
    },
    firstStage(batch) {
      let proposals: Boxes[] = [];
      const maps = tf.tidy(() => {
        const made = mapsOf(batch, use);
        proposals = rpn.propose(rpn.forward(made, batch, use), batch.samples, use);
        return made;
      });
      return { maps, proposals };
    },
    predict(batch) {
      let found: Detections[] = [];
      tf.tidy(() => {
        const maps = mapsOf(batch, use);
        const proposals = rpn.propose(rpn.forward(maps, batch, use), batch.samples, use);
        found = stage.predict(maps, proposals, batch.samples);
      });
      return found.map((detections, index) => inPicture(detections, batch.samples[index]!));
    },
    dispose: () => parameters.dispose(),
  };
}

/** Shapes of each map out of what a config says; those fitted to the data are shapes by now. */
function anchorsPerMap(anchors: TrunkOptions['rpn']['anchors'], maps: number, byRatio: boolean) {
  if ('fit' in anchors) throw new TypeError('anchors are fitted before a model is built');
  const perMap = Array.isArray(anchors) ? [anchors] : anchors.sizes.map((sizes) => anchorShapes(sizes, anchors.ratios, byRatio));
  if (perMap.length !== maps) throw wrongMaps(perMap.length, maps);
  return perMap;
}

function wrongMaps(said: number, maps: number): UserError {
  return new UserError(`\`model.rpn.anchors\` is for ${said} map${said === 1 ? '' : 's'}, but the neck makes ${maps}`, {
    hint: 'say `sizes` for each map, the finest first; fitted anchors, and a plain list of shapes, are for one map',
  });
}

/** Batch pixels to the picture's own. */
function inPicture(
  { boxes, labels, scores }: Detections,
  { scaleX, scaleY }: { readonly scaleX: number; readonly scaleY: number },
): Detections {
  return {
    boxes: { count: boxes.count, xyxy: boxes.xyxy.map((value, index) => value / (index % 2 === 0 ? scaleX : scaleY)) },
    labels,
    scores,
  };
}
