import { z } from 'zod';
import { UserError } from '../../errors.js';
import type { HostPath } from '../../host/host.js';
import type { StepKind } from '../step.js';
import { carryOut } from './carry-out.js';
import { hostPath } from './host-path.js';
import { missingFolders, removeFolders } from './made-folders.js';

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
  change: {
    async before({ key, certificate }, host) {
      const there = await Promise.all([key, certificate].map(async (path) => (await host.stat(path)).outcome !== 'absent'));
      if (there[0] !== there[1]) {
        const [kept, lost] = there[0] ? [key, certificate] : [certificate, key];
        throw new UserError(`\`${kept}\` is there and \`${lost}\`, which belongs to it, is not`, {
          exitCode: 3,
          hint: 'put the missing half back, or move the other one away: neither is overwritten',
        });
      }
      return { there: there[0]!, folders: await missingFolders(host, key) };
    },
    async apply(params, before, host) {
      if (pair.parse(before).there) return;
      // openssl writes into a file that is there, and so nobody else can read the key even for a moment.
      if (params.by === 'openssl') await host.write(params.key, '', 0o600);
      await carryOut(host, createSigningKey.describe(params).commands);
      await host.setMode(params.key, 0o600);
    },
    async undo({ key, certificate }, record, host) {
      const { there, folders } = pair.parse(record);
      if (there) return undefined;
      await host.remove(key);
      await host.remove(certificate);
      await removeFolders(host, folders);
      return 'Modules that were signed with the key that is gone now load no more where Secure Boot is on';
    },
    async isCarriedOut(params, host) {
      const done = await createSigningKey.isDone(params, host);
      if (done !== 'done') return done;
      // A try that was cut off may have left a key with half a certificate, or with that of an older key.
      const [ofKey, ofCertificate] = [
        await host.ask({ program: 'openssl', args: ['pkey', '-in', params.key, '-pubout'] }),
        await host.ask({ program: 'openssl', args: ['x509', '-inform', 'DER', '-in', params.certificate, '-noout', '-pubkey'] }),
      ];
      if (ofKey.outcome !== 'exited' || ofCertificate.outcome !== 'exited') return 'cannot-tell';
      return ofKey.code === 0 && ofCertificate.code === 0 && ofKey.stdout === ofCertificate.stdout ? 'done' : 'not-done';
    },
  },
};

const pair = z.strictObject({ there: z.boolean(), folders: z.array(hostPath) });
