import { z } from 'zod';
import type { StepKind } from '../step.js';
import { carryOut } from './carry-out.js';
import { plainName } from './host-path.js';
import { unitState, wasActive } from './unit-state.js';

interface Params {
  readonly unit: string;
}

/** Starts a unit. */
export const startUnit: StepKind<Params> = {
  kind: 'start-unit',
  role: 'running',
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
  change: {
    before: async ({ unit }, host) => ({ state: (await unitState(host, unit)) ?? null }),
    async apply({ unit }, _, host) {
      await carryOut(host, startUnit.describe({ unit }).commands);
    },
    async undo({ unit }, record, host) {
      if (!wasActive(record)) await carryOut(host, startUnit.describe({ unit }).undo.commands);
      return undefined;
    },
  },
};
