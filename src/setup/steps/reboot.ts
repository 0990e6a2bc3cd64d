import { z } from 'zod';
import type { StepKind } from '../step.js';

interface Params {
  /** Another one than this proves the reboot; null where it could not be read. */
  readonly bootId: string | null;
}

/** Starts the machine anew. It ends a plan: what comes after is planned again, on the machine as it then is. */
export const reboot: StepKind<Params> = {
  kind: 'reboot',
  role: 'ends-the-run',
  params: z.strictObject({ bootId: z.string().nullable() }),
  describe: ({ bootId }) => ({
    summary: 'Reboot',
    commands: [{ program: 'systemctl', args: ['reboot'] }],
    files: [],
    risk: 'disruptive',
    needs: ['root', 'reboot'],
    undo: { words: 'Nothing to undo', commands: [] },
    proof: [
      {
        file: '/proc/sys/kernel/random/boot_id',
        expect: bootId ? `is another than ${bootId}` : 'is another than before',
      },
    ],
  }),
  async isDone({ bootId }, host) {
    const now = await host.read('/proc/sys/kernel/random/boot_id');
    if (bootId === null || now.outcome !== 'text') return 'cannot-tell';
    return now.text.trim() === bootId ? 'not-done' : 'done';
  },
  change: {
    before: async () => null,
    async apply() {
      throw new Error('Nobody but a person reboots the machine: the run ends here');
    },
    undo: async () => undefined,
  },
};
