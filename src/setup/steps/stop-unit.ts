import { z } from 'zod';
import type { StepKind } from '../step.js';
import { plainName } from './host-path.js';
import { unitState } from './unit-state.js';

interface Params {
  readonly unit: string;
}

/** Stops a unit until somebody starts it, or until the next boot. */
export const stopUnit: StepKind<Params> = {
  kind: 'stop-unit',
  params: z.strictObject({ unit: plainName }),
  describe: ({ unit }) => ({
    summary: `Stop ${unit}`,
    commands: [{ program: 'systemctl', args: ['stop', unit] }],
    files: [],
    risk: 'disruptive',
    needs: ['root'],
    undo: { words: 'Start it again', commands: [{ program: 'systemctl', args: ['start', unit] }] },
    proof: [{ command: { program: 'systemctl', args: ['is-active', unit] }, expect: 'says `inactive`' }],
  }),
  async isDone({ unit }, host) {
    const state = await unitState(host, unit);
    return state === undefined ? 'cannot-tell' : ['active', 'activating', 'reloading'].includes(state) ? 'not-done' : 'done';
  },
};
