import { z } from 'zod';
import type { StepKind } from '../step.js';
import { plainName } from './host-path.js';
import { unitState } from './unit-state.js';

interface Params {
  readonly unit: string;
}

/** Starts a unit. */
export const startUnit: StepKind<Params> = {
  kind: 'start-unit',
  params: z.strictObject({ unit: plainName }),
  describe: ({ unit }) => ({
    summary: `Start ${unit}`,
    commands: [{ program: 'systemctl', args: ['start', unit] }],
    files: [],
    risk: 'safe',
    needs: ['root'],
    undo: { words: 'Stop it', commands: [{ program: 'systemctl', args: ['stop', unit] }] },
    proof: [{ command: { program: 'systemctl', args: ['is-active', unit] }, expect: 'says `active`' }],
  }),
  async isDone({ unit }, host) {
    const state = await unitState(host, unit);
    return state === undefined ? 'cannot-tell' : state === 'active' ? 'done' : 'not-done';
  },
};
