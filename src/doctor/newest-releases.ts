import { compareVersions } from './versions.js';

/** The newest `most` of these kernels, and `running` wherever it stands; as they came where there are no more than that. */
export function newestReleases(releases: readonly string[], running: string | undefined, most: number): readonly string[] {
  if (releases.length <= most) return releases;
  const newest = new Set(releases.toSorted((one, other) => compareVersions(dotted(one), dotted(other))).slice(-most));
  return releases.filter((release) => newest.has(release) || release === running);
}

/** 6.8.0-45-generic: the ABI number counts like a part of the version. */
const dotted = (release: string) => release.replaceAll('-', '.');
