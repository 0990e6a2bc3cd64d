import { Registry } from '../../registry.js';
import { inTurns } from './in-turns.js';
import { pseudo } from './pseudo.js';
import { random } from './random.js';

/** SAMPLERS: which boxes the losses see. */
export const samplers = new Registry('sampler', [inTurns, pseudo, random]);

/** A sampler that a config may leave out. */
export const samplerSlot = samplers.slot.default({ type: 'in_turns' });
