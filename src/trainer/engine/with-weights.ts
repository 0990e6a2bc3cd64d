import { UserError } from '../../errors.js';
import type { TrainingConfig } from '../config/schema.js';
import { conventionOf } from '../models/convention.js';
import type { TwoStageDetector } from '../models/detectors/two-stage.js';
import { classCount } from '../weights/class-count.js';
import { loadWeights, type WeightsReport } from '../weights/load-weights.js';
import { buildDetector } from './build.js';

/** A detector of a config with weights from elsewhere, of torchvision, mmdetection, Detectron2 or ours. */
export interface WithWeights {
  readonly detector: TwoStageDetector;
  readonly report: WeightsReport;
}

/** Builds the model of a config for as many classes as the weights have, and loads them. Throws a UserError where the file leaves a part of it without. */
export function openWithWeights(config: TrainingConfig, path: string): WithWeights {
  const { background } = conventionOf(config.model.convention);
  const { anchors } = config.model.rpn;
  if ('fit' in anchors) {
    throw new UserError('The config has anchors that are fitted to data, which weights from elsewhere do not come with', {
      hint: 'say the anchors that the weights were trained with: `--set "model.rpn.anchors={ _delete_: true, sizes: [[32], [64], [128], [256], [512]], ratios: [0.5, 1, 2] }"`',
    });
  }
  const target = {
    background,
    deviations: [config.model.head.deviations],
    anchors: Array.isArray(anchors) ? undefined : { sizes: anchors.sizes[0]!.length, ratios: anchors.ratios.length },
  };
  const count = classCount(path, target);
  const classes = Array.from({ length: count }, (_, index) => `class ${index + 1}`);
  const detector = buildDetector(config, { classes, classWeights: classes.map(() => 1), seed: 0 });
  const shapes = new Map(detector.parameters.all.map(({ name, shape }) => [name, shape] as const));
  try {
    const loaded = loadWeights(path, shapes, { target });
    try {
      refuseUnlessWhole(loaded.report);
      detector.parameters.load(new Map([...loaded.tensors()].map((tensor) => [tensor.name, tensor] as const)), path);
      return { detector, report: loaded.report };
    } finally {
      loaded.close();
    }
  } catch (error) {
    detector.dispose();
    throw error;
  }
}

function refuseUnlessWhole({ path, missing, wrongShape }: WeightsReport): void {
  const [wrong] = wrongShape;
  if (wrong) {
    throw new UserError(`\`${path}\` has \`${wrong.name}\` of shape [${wrong.has}], the model wants [${wrong.wants}]`, {
      hint: 'they belong to another model: is it the right config?',
    });
  }
  if (missing.length === 0) return;
  const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  throw new UserError(
    `\`${path}\` has no \`${missing[0]}\`${more} of the ${missing.length > 1 ? 'parameters' : 'parameter'} that the model wants`,
    {
      hint: 'they belong to another model: is it the right config?',
    },
  );
}
