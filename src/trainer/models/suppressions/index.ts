import { Registry } from '../../registry.js';
import { hard } from './hard.js';
import { soft } from './soft.js';

/** SUPPRESSIONS: what becomes of boxes that overlap better ones of their class. */
export const suppressions = new Registry('suppression', [hard, soft]);

/** One that a config may leave out. */
export const suppressionSlot = suppressions.slot.default({ type: 'hard' });
