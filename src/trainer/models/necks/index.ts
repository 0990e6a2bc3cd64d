import { Registry } from '../../registry.js';
import { fpn } from './fpn.js';
import { single } from './single.js';
import { topDown } from './top-down.js';

/** NECKS: what turns a backbone's maps into those that proposals and regions are taken from. */
export const necks = new Registry('neck', [fpn, single, topDown]);
