import { detectron2 } from './detectron2.js';
import type { Family, Shapes } from './family.js';
import { mmdetection } from './mmdetection.js';
import { torchvision } from './torchvision.js';

/** The family that names say: Detectron2's and torchvision's heads have names of their own, so that the more common ones come last. Undefined where none knows them. */
export function detectFamily(shapes: Shapes, config: string | undefined): Family | undefined {
  return detectron2(shapes) ?? mmdetection(shapes, config) ?? torchvision(shapes);
}
