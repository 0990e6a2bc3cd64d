import type { Host, HostPath } from '../../host/host.js';
import { type Fact, known } from '../fact.js';

/** The keyrings that apt trusts for every archive, as bytes in latin1. */
export interface AptKeyring {
  readonly path: HostPath;
  readonly bytes: string;
}

/** A key in a binary keyring carries the last eight bytes of its fingerprint, in every signature that it made on itself. */
export function holdsKey(bytes: string, longId: string): boolean {
  if (bytes.startsWith('-----BEGIN')) {
    const body = bytes
      .replace(/^-----.*$/gm, '')
      .replace(/^[\w-]+:.*$/gm, '')
      .replace(/^=.*$/gm, '');
    return Buffer.from(body, 'base64').toString('latin1').includes(Buffer.from(longId, 'hex').toString('latin1'));
  }
  return bytes.includes(Buffer.from(longId, 'hex').toString('latin1'));
}

/** One keyring, undefined where there is none at `path`. */
export async function readKeyring(host: Host, path: HostPath): Promise<AptKeyring | undefined> {
  const answer = await host.read(path, 'latin1');
  return answer.outcome === 'text' ? { path, bytes: answer.text } : undefined;
}

/** /etc/apt/trusted.gpg and the files of trusted.gpg.d. */
export const trustedKeys: Fact<readonly AptKeyring[]> = {
  name: 'trustedKeys',
  async read(host) {
    const listing = await host.list('/etc/apt/trusted.gpg.d');
    const names = listing.outcome === 'entries' ? listing.names : [];
    const paths: HostPath[] = ['/etc/apt/trusted.gpg', ...names.map((name) => `/etc/apt/trusted.gpg.d/${name}` as const)];
    const rings = await Promise.all(paths.map((path) => readKeyring(host, path)));
    return known(
      rings.filter((ring) => ring !== undefined),
      '/etc/apt/trusted.gpg.d',
    );
  },
};
