import { z } from 'zod';
import { UserError } from '../../errors.js';
import type { StepKind } from '../step.js';
import { hostPath } from './host-path.js';

interface Params {
  readonly path: `/${string}`;
  readonly text: string;
}

/** Writes a whole file. Undo puts the old text back, or removes a file that was not there. */
export const writeFile: StepKind<Params> = {
  kind: 'write-file',
  params: z.strictObject({ path: hostPath, text: z.string() }),
  describe: ({ path, text }) => ({
    summary: `Write ${path}`,
    commands: [],
    files: [{ path, text }],
    risk: 'reversible',
    needs: ['root'],
    undo: { words: `Put back what ${path} held, or remove it where there was none`, commands: [] },
    proof: [{ file: path, expect: 'holds exactly this text' }],
  }),
  async isDone({ path, text }, host) {
    const now = await host.read(path);
    if (now.outcome === 'unavailable') return 'cannot-tell';
    return now.outcome === 'text' && now.text === text ? 'done' : 'not-done';
  },
  change: {
    async apply({ path, text }, host) {
      // One character per byte, so that a file in whatever encoding comes back as it was.
      const before = await host.read(path, 'latin1');
      if (before.outcome === 'unavailable') throw new UserError(`Cannot back up \`${path}\`: ${before.why}`, { exitCode: 3 });
      await host.write(path, text);
      return before.outcome === 'text' ? Buffer.from(before.text, 'latin1').toString('base64') : null;
    },
    async undo({ path }, record, host) {
      if (typeof record !== 'string') return host.remove(path);
      await host.write(path, Buffer.from(record, 'base64'));
    },
  },
};
