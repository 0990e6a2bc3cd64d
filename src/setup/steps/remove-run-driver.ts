import { z } from 'zod';
import type { StepKind } from '../step.js';
import { carryOut } from './carry-out.js';

const uninstaller = '/usr/bin/nvidia-uninstall';

/** Takes away a driver that a .run installer put there, with its own uninstaller. */
export const removeRunDriver: StepKind<Record<string, never>> = {
  kind: 'remove-run-driver',
  params: z.strictObject({}),
  describe: () => ({
    summary: 'Uninstall the driver that a .run installer put there',
    commands: [{ program: uninstaller, args: ['--silent'], timeoutMs: 10 * 60_000 }],
    files: [],
    risk: 'disruptive',
    needs: ['root'],
    undo: { words: 'Run the same .run installer again; we do not have it', commands: [] },
    proof: [{ file: uninstaller, expect: 'is not there' }],
  }),
  async isDone(_, host) {
    const status = await host.stat(uninstaller);
    return status.outcome === 'unavailable' ? 'cannot-tell' : status.outcome === 'absent' ? 'done' : 'not-done';
  },
  change: {
    before: async () => null,
    async apply(_, __, host) {
      // It takes itself away last: where it is gone, an earlier try came to its end.
      if ((await host.stat(uninstaller)).outcome !== 'absent') await carryOut(host, removeRunDriver.describe({}).commands);
    },
    undo: async () => 'The driver that a .run installer had put there is gone: run that installer again to have it back',
  },
};
