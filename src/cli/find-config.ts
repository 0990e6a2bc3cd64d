import { existsSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { UserError } from '../errors.js';
import { nearestMatch } from '../nearest-match.js';
import { packageFile } from './package.js';

/** Names of what `train` takes beside the paths of configs. */
const recipes: Readonly<Record<string, string>> = { voc: 'voc/faster_rcnn_compact' };

export interface FoundConfig {
  readonly path: string;
  /** How messages name it. */
  readonly shown: string;
  /** Whether it ships with the package, so that nobody wrote it who expects to be heard. */
  readonly shipped: boolean;
}

/** The config that `name` means: a recipe, a file, or one that ships (`coco/faster_rcnn_r50_fpn_1x`). Throws a UserError where there is none. */
export function findConfig(name: string, cwd: string): FoundConfig {
  const recipe = recipes[name];
  if (recipe === undefined && existsSync(resolve(cwd, name))) return { path: resolve(cwd, name), shown: name, shipped: false };
  const shipped = recipe ?? name.replace(/^configs\//, '').replace(/\.ya?ml$/, '');
  if (shippedConfigs().includes(shipped)) {
    const path = packageFile(join('configs', `${shipped}.yaml`));
    return { path, shown: relative(packageFile(''), path), shipped: true };
  }
  const close = nearestMatch(name, [...Object.keys(recipes), ...shippedConfigs()]);
  throw new UserError(`No config \`${name}\``, {
    hint:
      close === undefined
        ? '`voc`, one that ships (`coco/faster_rcnn_r50_fpn_1x`), or the path of a YAML file'
        : `did you mean \`${close}\`?`,
  });
}

/** `voc/faster_rcnn_compact`, …: every config that ships, but for those that are only built on, and what is no config of a training. */
export function shippedConfigs(): readonly string[] {
  return readdirSync(packageFile('configs'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['_base_', 'schema', 'support'].includes(entry.name))
    .flatMap(({ name }) =>
      readdirSync(packageFile(join('configs', name)))
        .filter((file) => file.endsWith('.yaml'))
        .map((file) => `${name}/${file.replace(/\.yaml$/, '')}`),
    )
    .sort();
}
