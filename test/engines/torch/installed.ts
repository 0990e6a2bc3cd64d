import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineSettings } from '../../../src/engines/settings.js';
import type { BuiltAddon } from '../../../src/engines/torch/load.js';

/** The addon that `engine install torch` has built on this machine, or why there is none to test. */
export function installed(): { readonly addon: BuiltAddon; readonly skip: false } | { readonly addon: undefined; readonly skip: string } {
  const folder = join(engineSettings(process.env).engineDirectory, 'torch');
  try {
    const { addon, libraries, torchVersion, cuda } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as BuiltAddon;
    return { addon: { addon: join(folder, addon), libraries, torchVersion, cuda }, skip: false };
  } catch {
    return { addon: undefined, skip: `the engine torch is not installed in ${folder}` };
  }
}
