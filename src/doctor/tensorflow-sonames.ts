import { compareVersions } from './versions.js';

/** What a release of TensorFlow loads first (tensorflow.org/install/source, tested build configurations); nothing where we do not know. */
export function sonamesOf(version: string): readonly string[] {
  const [, sonames = []] = releases.findLast(([from]) => compareVersions(version, from) >= 0) ?? [];
  return sonames;
}
const releases: readonly (readonly [from: string, sonames: readonly string[]])[] = [
  ['1.13', ['libcudart.so.10.0', 'libcudnn.so.7']],
  ['2.1', ['libcudart.so.10.1', 'libcudnn.so.7']],
  ['2.4', ['libcudart.so.11.0', 'libcudnn.so.8']],
  ['2.15', ['libcudart.so.12', 'libcudnn.so.8']],
  ['2.18', ['libcudart.so.12', 'libcudnn.so.9']],
  // Later ones may load others.
  ['2.22', []],
];
