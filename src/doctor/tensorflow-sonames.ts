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

/** The cuDNN that a release of TensorFlow was built with (the same page); undefined where we do not know. */
export function cudnnOf(version: string): string | undefined {
  return built.findLast(([from]) => compareVersions(version, from) >= 0)?.[1];
}
const built: readonly (readonly [from: string, cudnn: string | undefined])[] = [
  ['1.13', '7.4'],
  ['2.1', '7.6'],
  ['2.4', '8.0'],
  ['2.5', '8.1'],
  ['2.12', '8.6'],
  ['2.14', '8.7'],
  ['2.15', '8.9'],
  ['2.18', '9.3'],
  // Later ones may be built with others.
  ['2.22', undefined],
];
