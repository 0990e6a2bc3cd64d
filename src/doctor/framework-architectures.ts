import type { FoundFramework } from './facts/python-packages.js';
import { compareVersions } from './versions.js';

const ordered = ['kepler', 'maxwell', 'pascal', 'volta', 'turing', 'ampere', 'ada', 'hopper', 'blackwell'];
const between = (first: string, last: string) => ordered.slice(ordered.indexOf(first), ordered.indexOf(last) + 1);

/**
 * The architectures that a framework's own wheels run on, undefined where nobody knows. Code for an architecture's first capability
 * runs on its later ones. PyTorch 2.7 and later: its release notes (CUDA 12.6 5.0 to 9.0, 12.8 7.0 to 12.0, 13.0 7.5 and later); before
 * Blackwell's toolkit, 12.8, nothing has code for it. TensorFlow until 2.11: 3.5 to 7.5 and what Ampere compiles for itself.
 */
export function architecturesOf({ name, version, cuda }: Pick<FoundFramework, 'name' | 'version' | 'cuda'>): readonly string[] | undefined {
  if (cuda === null) return undefined;
  if (name === 'torch' && cuda) {
    if (compareVersions(cuda, '13.0') >= 0) return between('turing', 'blackwell');
    if (compareVersions(cuda, '12.8') >= 0) return between('volta', 'blackwell');
    if (compareVersions(cuda, '11.8') >= 0) return between('maxwell', 'hopper');
    return compareVersions(cuda, '11.1') >= 0 ? between('kepler', 'ada') : undefined;
  }
  // Its PTX of 8.0 is compiled for Ada and later at the first start, which is what `30 minutes or longer` is about.
  if (name === 'tensorflow' && compareVersions(version, '2.5') >= 0 && compareVersions(version, '2.12') < 0)
    return between('kepler', 'ada');
  return undefined;
}
