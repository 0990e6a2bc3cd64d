import { z } from 'zod';
import type { HostPath } from '../../host/host.js';
import type { StepKind } from '../step.js';
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
    commands: [{ program: 'mokutil', args: ['--import', certificate] }],
    files: [],
    risk: 'reversible',
    needs: ['root', 'reboot', 'console'],
    undo: {
      words: 'Ask for its deletion, and confirm that on the console at the boot after',
      commands: [{ program: 'mokutil', args: ['--delete', certificate] }],
    },
    proof: [
      {
        command: { program: 'mokutil', args: ['--list-new'] },
        expect: 'shows the certificate; at the next boot choose `Enroll MOK` on the blue screen and type the password given here',
      },
      { command: { program: 'mokutil', args: ['--test-key', certificate] }, expect: 'says `is already enrolled` after the boot' },
    ],
  }),
  async isDone({ certificate }, host) {
    const answer = await host.ask({ program: 'mokutil', args: ['--test-key', certificate] });
    if (answer.outcome === 'absent') return 'not-done';
    if (answer.outcome !== 'exited') return 'cannot-tell';
    // It says the same with exit code 0 or 1, depending on its version.
    return /is already enrolled/.test(answer.stdout + answer.stderr) ? 'done' : 'not-done';
  },
};
