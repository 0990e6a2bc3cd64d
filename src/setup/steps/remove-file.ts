import { z } from 'zod';
import { UserError } from '../../errors.js';
import type { StepKind } from '../step.js';
import { hostPath } from './host-path.js';

interface Params {
  readonly path: `/${string}`;
}

/** Removes a file. Undo writes it again. */
export const removeFile: StepKind<Params> = {
  kind: 'remove-file',
  params: z.strictObject({ path: hostPath }),
  describe: ({ path }) => ({
    summary: `Remove ${path}`,
    commands: [],
    files: [{ path, text: null }],
    risk: 'reversible',
    needs: ['root'],
    undo: { words: `Write ${path} again as it was`, commands: [] },
    proof: [{ file: path, expect: 'is not there' }],
  }),
  async isDone({ path }, host) {
    const now = await host.stat(path);
    return now.outcome === 'unavailable' ? 'cannot-tell' : now.outcome === 'absent' ? 'done' : 'not-done';
  },
  change: {
    async apply({ path }, host) {
      const before = await host.read(path, 'latin1');
      if (before.outcome === 'absent') return null;
      const status = await host.stat(path);
      if (before.outcome === 'unavailable' || status.outcome !== 'status') {
        const why = before.outcome === 'unavailable' ? before.why : 'its permissions cannot be read';
        throw new UserError(`Cannot back up \`${path}\`: ${why}`, { exitCode: 3 });
      }
      await host.remove(path);
      return { base64: Buffer.from(before.text, 'latin1').toString('base64'), mode: status.mode };
    },
    async undo({ path }, record, host) {
      if (record === null || typeof record !== 'object' || !('base64' in record)) return;
      await host.write(path, Buffer.from(String(record.base64), 'base64'), Number(record.mode));
    },
  },
};
