import { z } from 'zod';
import type { Host, HostPath } from '../../host/host.js';
import type { StepKind } from '../step.js';
import { carryOut } from './carry-out.js';
import { hostPath } from './host-path.js';

interface Params {
  readonly certificate: HostPath;
}

/** Asks the firmware to trust our certificate: it does so at the next boot, when somebody confirms on the screen. */
export const enrolKey: StepKind<Params> = {
  kind: 'enrol-key',
  params: z.strictObject({ certificate: hostPath }),
  describe: ({ certificate }) => ({
    summary: `Enrol ${certificate} as a machine owner key (MOK)`,
    commands: [{ program: 'mokutil', args: ['--import', certificate], timeoutMs: 10 * 60_000, asks: true }],
    files: [],
    risk: 'reversible',
    needs: ['root', 'reboot', 'console'],
    undo: {
      words: 'Take the request back; once the firmware has the key, ask for its deletion and confirm that on the console',
      commands: [{ program: 'mokutil', args: ['--delete', certificate], timeoutMs: 10 * 60_000, asks: true }],
    },
    proof: [
      {
        command: { program: 'mokutil', args: ['--list-new'] },
        expect: 'shows the certificate; at the next boot choose `Enroll MOK` on the blue screen and type the password given here',
      },
      { command: { program: 'mokutil', args: ['--test-key', certificate] }, expect: 'says `is already enrolled` after the boot' },
    ],
  }),
  isDone: async ({ certificate }, host) => doneness(await stateOf(host, certificate), ['enrolled']),
  change: {
    before: async ({ certificate }, host) => ({ state: (await stateOf(host, certificate)) ?? null }),
    async apply({ certificate }, _, host) {
      await carryOut(host, enrolKey.describe({ certificate }).commands);
    },
    async undo({ certificate }, record, host) {
      const before = was.parse(record).state;
      const now = await stateOf(host, certificate);
      if (now === before || now === 'unknown') return undefined;
      if (now === 'queued') {
        await carryOut(host, [{ program: 'mokutil', args: ['--revoke-import'] }]);
        return undefined;
      }
      await carryOut(host, enrolKey.describe({ certificate }).undo.commands);
      return 'The firmware forgets the key at the next boot, when somebody confirms `Delete MOK` on the console';
    },
    isCarriedOut: async ({ certificate }, host) => doneness(await stateOf(host, certificate), ['enrolled', 'queued']),
  },
};

type KeyState = 'enrolled' | 'queued' | 'unknown';
const was = z.strictObject({ state: z.enum(['enrolled', 'queued', 'unknown']).nullable() });

/** What the firmware makes of the certificate; `unknown` also without mokutil, undefined where it cannot be asked. */
async function stateOf(host: Host, certificate: HostPath): Promise<KeyState | undefined> {
  const answer = await host.ask({ program: 'mokutil', args: ['--test-key', certificate] });
  if (answer.outcome === 'absent') return 'unknown';
  if (answer.outcome !== 'exited') return undefined;
  // It says the same with exit code 0 or 1, depending on its version.
  const said = answer.stdout + answer.stderr;
  return /is already enrolled/.test(said) ? 'enrolled' : /is already in the enrollment request/.test(said) ? 'queued' : 'unknown';
}

const doneness = (state: KeyState | undefined, enough: readonly KeyState[]) =>
  state === undefined ? 'cannot-tell' : enough.includes(state) ? 'done' : 'not-done';
