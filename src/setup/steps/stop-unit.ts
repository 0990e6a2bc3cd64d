import { z } from 'zod';
import type { StepKind } from '../step.js';
import { carryOut } from './carry-out.js';
import { plainName } from './host-path.js';
import { unitState, wasActive } from './unit-state.js';

interface Params {
  readonly unit: string;
}

/** Stops a unit until somebody starts it, or until the next boot. */
export const stopUnit: StepKind<Params> = {
  kind: 'stop-unit',
  role: 'clears-the-way',
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
  change: {
    before: async ({ unit }, host) => ({ state: (await unitState(host, unit)) ?? null }),
    async apply({ unit }, _, host) {
      await carryOut(host, stopUnit.describe({ unit }).commands);
    },
    async undo({ unit }, record, host) {
      if (wasActive(record)) await carryOut(host, stopUnit.describe({ unit }).undo.commands);
      return undefined;
    },
  },
};
