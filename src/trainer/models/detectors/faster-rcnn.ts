import * as tf from '../../../tf.js';
import type { Batch, Detections } from '../../contracts.js';
import type { Random } from '../../random.js';
import { type CompactBackboneOptions, compactBackbone } from '../backbones/compact.js';
import { type ResNetOptions, resNet } from '../backbones/resnet.js';
import type { Detector } from '../detector.js';
import { type BoxHeadOptions, boxHead } from '../heads/box-head.js';
import { type RpnOptions, regionProposals } from '../heads/rpn.js';
import type { Pass } from '../layers.js';
import { fpn } from '../necks/fpn.js';
import { topDown } from '../necks/top-down.js';
import { Parameters } from '../parameters.js';

export interface FasterRcnnOptions {
  readonly backbone: ({ readonly type: 'compact' } & CompactBackboneOptions) | ({ readonly type: 'resnet' } & ResNetOptions);
  readonly neck: { readonly type: 'top_down' | 'fpn'; readonly channels: number };
  readonly rpn: RpnOptions;
  readonly head: BoxHeadOptions;
}

/** Mean and deviation of RGB over natural pictures (ImageNet's, as every detector's recipe has them), 0 to 255. */
const pixelMean = [123.675, 116.28, 103.53] as const;
const pixelDeviation = [58.395, 57.12, 57.375] as const;

/** Faster R-CNN (Ren et al., 2015): a region proposal network and a Fast R-CNN head share one trunk, trained jointly. */
export function fasterRcnn(options: FasterRcnnOptions, classes: readonly string[], random: Random): Detector {
  const parameters = new Parameters(random);
  const backbone =
    options.backbone.type === 'compact' ? compactBackbone(parameters, options.backbone) : resNet(parameters, options.backbone);
  const neck = (options.neck.type === 'fpn' ? fpn : topDown)(parameters, backbone, options.neck.channels);
  const rpn = regionProposals(parameters, neck, options.rpn);
  const head = boxHead(parameters, neck, classes.length, options.head);

  const mapsOf = (batch: Batch, pass: Pass): tf.Tensor4D[] => {
    const pixels = tf.tensor4d(new Float32Array(batch.pixels), [batch.count, batch.height, batch.width, 3]);
    const pictures = tf.div(tf.sub(pixels, tf.tensor1d([...pixelMean])), tf.tensor1d([...pixelDeviation])) as tf.Tensor4D;
    return neck.forward(backbone.forward(pictures, pass), pass);
  };

  return {
    name: 'faster-rcnn',
    classes,
    parameters,
    losses(batch, drawn) {
      const pass = { training: true };
      const truths = batch.samples.map(({ truth }) => truth);
      const maps = mapsOf(batch, pass);
      const output = rpn.forward(maps, pass);
      const proposals = rpn.propose(output, batch.samples, pass);
      const first = rpn.losses(output, truths, drawn);
      const second = head.losses(maps, proposals, truths, drawn);
      return { rpn_objectness: first.objectness, rpn_box: first.box, head_classes: second.classes, head_box: second.box };
    },
    predict(batch) {
      const pass = { training: false };
      let found: Detections[] = [];
      tf.tidy(() => {
        const maps = mapsOf(batch, pass);
        const proposals = rpn.propose(rpn.forward(maps, pass), batch.samples, pass);
        found = head.predict(maps, proposals, batch.samples);
      });
      return found.map((detections, index) => inPicture(detections, batch.samples[index]!));
    },
    dispose: () => parameters.dispose(),
  };
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
