import { loadYaml } from '../../../src/trainer/config/load.js';
import { configSchema, type TrainingConfig } from '../../../src/trainer/config/schema.js';

const shipped = new URL('../../../configs/voc/faster_rcnn_compact.yaml', import.meta.url).pathname;

/** The shipped recipe with a model that the plain `cpu` backend trains in seconds. */
export async function tinyConfig(): Promise<TrainingConfig> {
  const config = await loadYaml(shipped, configSchema);
  return configSchema.parse({
    ...config,
    model: {
      ...config.model,
      backbone: {
        type: 'compact',
        stem: 4,
        stemBlocks: 0,
        stages: [
          { channels: 6, blocks: 0 },
          { channels: 8, blocks: 0 },
        ],
      },
      neck: { ...config.model.neck, channels: 6 },
      rpn: { ...config.model.rpn, anchors: { fit: 3 } },
      head: { ...config.model.head, pooled: 3, reduced: 4, width: 8, samples: 8 },
    },
    data: { ...config.data, size: { shortSide: 64, longSide: 96 } },
    training: { ...config.training, batch: 4 },
    evaluation: { at: [1], sample: 4 },
  });
}
