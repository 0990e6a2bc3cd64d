import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

/** The shipped recipe with a model that any engine trains in seconds. */
export function tinyConfig(folder: string): string {
  const config = parse(readFileSync('configs/voc/faster_rcnn_compact.yaml', 'utf8'));
  config.model.backbone = {
    type: 'compact',
    stem: 8,
    stemBlocks: 0,
    stages: [
      { channels: 8, blocks: 0 },
      { channels: 8, blocks: 0 },
    ],
  };
  config.model.neck.channels = 8;
  config.model.head = { ...config.model.head, pooled: 3, reduced: 8, width: 16, samples: 8 };
  config.data.size = { shortSide: 64, longSide: 96 };
  config.training.batch = 4;
  const path = join(folder, 'tiny.yaml');
  writeFileSync(path, stringify(config));
  return path;
}
