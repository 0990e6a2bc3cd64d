import { type ConfigOf, Registry } from '../../registry.js';
import { batch, synchronised } from './batch.js';
import { frozen } from './frozen.js';
import { group } from './group.js';

/** NORMS: what follows a convolution. */
export const norms = new Registry('norm', [batch, frozen, group, synchronised]);

export type NormConfig = ConfigOf<(typeof norms)['components'][number]>;

/** What layers have unless told. */
export const usualNorm: NormConfig = { type: 'batch', momentum: 0.05, epsilon: 1e-5, unbiased: false };
