import { z } from 'zod';
import type { HostPath } from '../../host/host.js';
import type { StepKind } from '../step.js';
import { hostPath } from './host-path.js';

interface Params {
  readonly by: 'openssl' | 'update-secureboot-policy';
  readonly key: HostPath;
  readonly certificate: HostPath;
}

/** Makes the key that DKMS signs modules with, where there is none: the firmware trusts it once it is enrolled. */
export const createSigningKey: StepKind<Params> = {
  kind: 'create-signing-key',
  params: z.strictObject({ by: z.enum(['openssl', 'update-secureboot-policy']), key: hostPath, certificate: hostPath }),
  describe: ({ by, key, certificate }) => ({
    summary: `Make the key ${key} that modules are signed with`,
    commands:
      by === 'openssl'
        ? [
            {
              program: 'openssl',
              args: [
                ...['req', '-new', '-x509', '-nodes', '-days', '36500', '-subj', '/CN=DKMS module signing key'],
                ...['-newkey', 'rsa:2048', '-keyout', key, '-outform', 'DER', '-out', certificate],
              ],
            },
            { program: 'chmod', args: ['600', key] },
          ]
        : [{ program: 'env', args: ['SHIM_NOTRIGGER=y', 'update-secureboot-policy', '--new-key'] }],
    files: [],
    risk: 'safe',
    needs: ['root'],
    undo: {
      words: 'Delete the pair, once no module is signed with it any more',
      commands: [{ program: 'rm', args: ['--force', key, certificate] }],
    },
    proof: [{ file: certificate, expect: 'is a certificate in DER, and the key beside it is readable by root only' }],
  }),
  async isDone({ key, certificate }, host) {
    const [first, second] = [await host.stat(key), await host.stat(certificate)];
    if (first.outcome === 'unavailable' || second.outcome === 'unavailable') return 'cannot-tell';
    return first.outcome === 'status' && second.outcome === 'status' ? 'done' : 'not-done';
  },
};
