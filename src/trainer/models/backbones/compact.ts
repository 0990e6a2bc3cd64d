import { addAlike } from '../../../ops/plain-sums.js';
import * as tf from '../../../tf.js';
import { convNormRelu, type Layer } from '../layers.js';
import type { Parameters } from '../parameters.js';
import type { Backbone } from './backbone.js';

/** One stage: a convolution that halves the map, then residual blocks on it. */
export interface CompactStage {
  readonly channels: number;
  readonly blocks: number;
}

export interface CompactBackboneOptions {
  /** Channels of the stem, a 6x6 convolution of stride 4. */
  readonly stem: number;
  /** Blocks at stride 4, right after the stem. */
  readonly stemBlocks: number;
  /** From stride 8 on, each half the map of the one before. */
  readonly stages: readonly CompactStage[];
}

/**
 * A small residual network for training from scratch within minutes: batch norm throughout, a stem that goes to stride 4 at once
 * (the maps before it would cost more than they teach), blocks of two convolutions whose input is added after the last ReLU.
 */
export function compactBackbone(parameters: Parameters, options: CompactBackboneOptions): Backbone {
  const stem = convNormRelu(parameters, 'backbone.stem', { from: 3, to: options.stem, size: 6, stride: 4 });
  const stemBlocks = blocks(parameters, 'backbone.stem', options.stem, options.stemBlocks);
  let from = options.stem;
  const stages = options.stages.map(({ channels, blocks: count }, index) => {
    const name = `backbone.stage${index + 1}`;
    const down = convNormRelu(parameters, `${name}.down`, { from, to: channels, size: 3, stride: 2 });
    from = channels;
    return [down, ...blocks(parameters, name, channels, count)];
  });
  return {
    channels: options.stages.map(({ channels }) => channels),
    strides: options.stages.map((_, index) => 8 * 2 ** index),
    forward(pictures, pass) {
      let x = stem.forward(pictures, pass);
      for (const block of stemBlocks) x = block.forward(x, pass);
      return stages.map((layers) => {
        for (const layer of layers) x = layer.forward(x, pass);
        return x;
      });
    },
  };
}

function blocks(parameters: Parameters, name: string, channels: number, count: number): Layer[] {
  return Array.from({ length: count }, (_, index) => {
    const first = convNormRelu(parameters, `${name}.block${index + 1}.first`, { from: channels, to: channels, size: 3 });
    const second = convNormRelu(parameters, `${name}.block${index + 1}.second`, { from: channels, to: channels, size: 3 });
    return { forward: (x, pass) => tf.tidy(() => addAlike(x, second.forward(first.forward(x, pass), pass))) };
  });
}
