import { z } from 'zod';
import type { StepKind } from '../step.js';
import { hostPath } from './host-path.js';
import { restoreFile, savedText, saveFile } from './saved-file.js';

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
    before: ({ path }, host) => saveFile(host, path),
    apply: ({ path }, _, host) => host.remove(path),
    async undo({ path }, record, host) {
      const now = await host.read(path, 'latin1');
      const before = savedText(record);
      if (now.outcome === 'text' && now.text !== before) return `${path} was written since it was removed, and stays as it is`;
      if (before !== null) await restoreFile(host, path, record);
      return undefined;
    },
  },
};
