import type { HostPath } from '../../host/host.js';
import type { Facts } from '../fact.js';
import { holdsKey, readKeyring, trustedKeys } from '../facts/apt-keys.js';
import { type AptSource, aptSources, parseAptSources } from '../facts/apt-sources.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

/** The key that signs NVIDIA's CUDA archives since April 2022. */
const key = 'A4B469963BF863CC';

export const aptKeyRotated: Check = {
  id: 'host/apt-key-rotated',
  title: 'apt has the key of NVIDIA’s CUDA archive',
  link: 'libraries',
  requires: [],
  about: `Looks in the keyrings that apt uses for NVIDIA’s CUDA archive for the key ${key}, which replaced the old one in April 2022: without it every update ends with \`NO_PUBKEY ${key}\`.`,
  async examine(facts) {
    const files = await facts.of(aptSources);
    if (!files.known) return undetermined(files.why);
    const sources = files.value
      .flatMap(parseAptSources)
      .filter(({ uri }) => /developer\.download\.nvidia\.[a-z]+\/compute\/cuda\/repos/.test(uri));
    if (sources.length === 0) return notApplicable('NVIDIA’s CUDA archive is not among apt’s sources');
    const without: string[] = [];
    for (const source of sources) {
      const missing = await keyMissing(facts, source);
      if (missing) without.push(`${source.file}: ${source.uri}`, missing);
    }
    if (without.length === 0) return clear('The key is there', ...sources.map(({ file }) => file));
    return found({
      severity: 'warning',
      summary: 'apt lacks the key of NVIDIA’s CUDA archive',
      why: `Every \`apt-get update\` ends with \`NO_PUBKEY ${key}\`, and the archive’s packages cannot be installed`,
      evidence: without,
      remedy: {
        summary: 'Install the package cuda-keyring from the archive, and take the old entry and key away',
        commands: ['sudo apt-key del 7fa2af80', 'sudo dpkg -i cuda-keyring_1.1-1_all.deb', 'sudo apt-get update'],
        automatic: false,
        needs: ['root', 'network'],
      },
    });
  },
};

/** Where the key was looked for in vain; undefined where it is, or where nobody could look. */
async function keyMissing(facts: Facts, { signedBy }: AptSource): Promise<string | undefined> {
  if (signedBy?.startsWith('/')) {
    const ring = await readKeyring(facts.host, signedBy as HostPath);
    if (ring) return holdsKey(ring.bytes, key) ? undefined : `${ring.path} does not hold ${key}`;
    const answer = await facts.host.read(signedBy as HostPath, 'latin1');
    return answer.outcome === 'absent' ? `${signedBy} is not there` : undefined;
  }
  const rings = await facts.of(trustedKeys);
  if (!rings.known || rings.value.some(({ bytes }) => holdsKey(bytes, key))) return undefined;
  return rings.value.length > 0 ? `none of ${rings.value.map(({ path }) => path).join(', ')} holds ${key}` : `${rings.source} is empty`;
}
