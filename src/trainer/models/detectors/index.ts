import { Registry } from '../../registry.js';
import { fasterRcnn } from './faster-rcnn.js';

/** DETECTORS: whole models. */
export const detectors = new Registry('detector', [fasterRcnn]);
