import { z } from 'zod';
import { component } from '../../registry.js';
import { boxHead, boxHeadOptions } from '../heads/box-head.js';
import { type TwoStageContext, trunkOptions, twoStage } from './two-stage.js';

const options = z.strictObject({ ...trunkOptions.shape, head: boxHeadOptions });

/** Faster R-CNN (Ren et al., 2015): a region proposal network and a Fast R-CNN head share one trunk, trained jointly. */
export const fasterRcnn = component({
  type: 'faster_rcnn',
  options,
  build: ({ head, ...trunk }, context: TwoStageContext) =>
    twoStage('faster-rcnn', trunk, context, (building, neck) => {
      const boxes = boxHead(building, neck, context.classes.length, head);
      return {
        losses(maps, proposals, truths, random) {
          const made = boxes.losses(maps, proposals, truths, random);
          return { head_classes: made.classes, head_box: made.box };
        },
        predict: (maps, proposals, pictures) => boxes.predict(maps, proposals, pictures),
      };
    }),
});
