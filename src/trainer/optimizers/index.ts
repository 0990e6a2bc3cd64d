import { Registry } from '../registry.js';
import { adamWOptimizer } from './adamw.js';
import { sgdOptimizer } from './sgd.js';

/** OPTIMIZERS: how gradients become new weights. */
export const optimizers = new Registry('optimizer', [adamWOptimizer, sgdOptimizer]);
