import { type ConfigOf, Registry } from '../../registry.js';
import { compact } from './compact.js';
import { resNet } from './resnet.js';
import { vgg16 } from './vgg.js';

/** BACKBONES: what turns pictures into maps. */
export const backbones = new Registry('backbone', [compact, resNet, vgg16]);

export type BackboneConfig = ConfigOf<(typeof backbones)['components'][number]>;
