import { z } from 'zod';
import type { StepKind } from '../step.js';

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
};
