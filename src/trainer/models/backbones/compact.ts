import { z } from 'zod';
import { addAlike } from '../../../ops/plain-sums.js';
import * as tf from '../../../tf.js';
import { component } from '../../registry.js';
import type { Building } from '../building.js';
import { convNormRelu, type Layer } from '../layers.js';
import { type NormConfig, norms, usualNorm } from '../norms/index.js';
import type { Backbone } from './backbone.js';

const options = z.strictObject({
  stem: z.int().min(1).describe('channels of the stem, a 6x6 convolution of stride 4'),
  stemBlocks: z.int().min(0).describe('blocks at stride 4, right after the stem'),
  stages: z
    .array(z.strictObject({ channels: z.int().min(1), blocks: z.int().min(0) }))
    .min(1)
    .max(4)
    .describe('from stride 8 on, each half the map of the one before: a convolution that halves it, then residual blocks'),
  norm: norms.slot.default(usualNorm),
});

/**
 * A small residual network for training from scratch within minutes: batch norm throughout, a stem that goes to stride 4 at once
 * (the maps before it would cost more than they teach), blocks of two convolutions whose input is added after the last ReLU.
 */
export const compact = component({
  type: 'compact',
  options,
  build({ stem: width, stemBlocks: count, stages: list, norm }, given: Building): Backbone {
    // A 6x6 stem has no middle for an even border: it pads as it always did, whatever the convention.
    const building: Building = { ...given, convention: { ...given.convention, padding: 'far' } };
    const stem = convNormRelu(building, 'backbone.stem', { from: 3, to: width, size: 6, stride: 4 }, norm);
    const stemBlocks = blocks(building, 'backbone.stem', width, count, norm);
    let from = width;
    const stages = list.map(({ channels, blocks: each }, index) => {
      const name = `backbone.stage${index + 1}`;
      const down = convNormRelu(building, `${name}.down`, { from, to: channels, size: 3, stride: 2 }, norm);
      from = channels;
      return [down, ...blocks(building, name, channels, each, norm)];
    });
    return {
      channels: list.map(({ channels }) => channels),
      strides: list.map((_, index) => 8 * 2 ** index),
      forward(pictures, pass) {
        let x = stem.forward(pictures, pass);
        for (const block of stemBlocks) x = block.forward(x, pass);
        return stages.map((layers) => {
          for (const layer of layers) x = layer.forward(x, pass);
          return x;
        });
      },
    };
  },
});

function blocks(building: Building, name: string, channels: number, count: number, norm: NormConfig): Layer[] {
  return Array.from({ length: count }, (_, index) => {
    const first = convNormRelu(building, `${name}.block${index + 1}.first`, { from: channels, to: channels, size: 3 }, norm);
    const second = convNormRelu(building, `${name}.block${index + 1}.second`, { from: channels, to: channels, size: 3 }, norm);
    return { forward: (x, pass) => tf.tidy(() => addAlike(x, second.forward(first.forward(x, pass), pass))) };
  });
}
