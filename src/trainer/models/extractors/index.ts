import { Registry } from '../../registry.js';
import { roiAlign } from './roi-align.js';
import { roiPool } from './roi-pool.js';

/** ROI_EXTRACTORS: how a region of a map becomes a square of one size. */
export const extractors = new Registry('region extractor', [roiAlign, roiPool]);

/** An extractor that a config may leave out. */
export const extractorSlot = extractors.slot.default({ type: 'roi_align', samples: 2 });
