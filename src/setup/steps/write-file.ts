import { z } from 'zod';
import type { StepKind } from '../step.js';
import { hostPath } from './host-path.js';
import { restoreFile, savedText, saveFile } from './saved-file.js';

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
    before: ({ path }, host) => saveFile(host, path),
    apply: ({ path, text }, _, host) => host.write(path, text),
    async undo({ path, text }, record, host) {
      const now = await host.read(path, 'latin1');
      const mine = Buffer.from(text).toString('latin1');
      const left = now.outcome === 'text' && now.text !== mine && now.text !== savedText(record);
      if (left) return `${path} was changed since it was written, and stays as it is`;
      if (now.outcome === 'absent' && savedText(record) !== null) return `${path} was removed since, and stays so`;
      await restoreFile(host, path, record);
      return undefined;
    },
  },
};
