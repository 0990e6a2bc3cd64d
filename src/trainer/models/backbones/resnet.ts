import { z } from 'zod';
import { addAlike } from '../../../ops/plain-sums.js';
import * as tf from '../../../tf.js';
import { component } from '../../registry.js';
import type { Building } from '../building.js';
import { convNormRelu, type Layer, maxPool } from '../layers.js';
import { type NormConfig, norms, usualNorm } from '../norms/index.js';
import type { Backbone } from './backbone.js';

/** Blocks of each stage (He et al., 2016, table 1): 18 and 34 are networks of basic blocks, the deeper ones of bottlenecks. */
const blocksOf = { 18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3] } as const;
const depths = [18, 34, 50, 101, 152] as const;
const widths = [64, 128, 256, 512] as const;

const options = z.strictObject({
  depth: z.union(depths.map((depth) => z.literal(depth))),
  norm: norms.slot.default(usualNorm),
  trainableStages: z
    .int()
    .min(0)
    .max(5)
    .default(5)
    .describe(
      'how many of the stem and the four stages are trained, from the last one back; 3 is what mmdetection calls `frozen_stages=1`',
    ),
});

/** Makes a block of inner width `width`, and says how many times as wide what comes out of it is. */
interface BlockKind {
  readonly expansion: number;
  block(building: Building, name: string, sizes: BlockSizes, norm: NormConfig): Layer;
}
interface BlockSizes {
  readonly from: number;
  readonly width: number;
  readonly stride: number;
}

/** A residual network (He et al., 2016): maps of stride 4, 8, 16 and 32. */
export const resNet = component({
  type: 'resnet',
  options,
  build({ depth, norm, trainableStages }, building: Building): Backbone {
    const { parameters, convention } = building;
    const { expansion, block } = depth >= 50 ? bottleneck : basic;
    const isFrozen = (part: number) => part < 5 - trainableStages;
    const stem = parameters.frozen(isFrozen(0), () =>
      convNormRelu(building, 'backbone.stem', { from: 3, to: 64, size: 7, stride: 2 }, norm),
    );
    let from = 64;
    const stages = blocksOf[depth].map((count, stage) =>
      parameters.frozen(isFrozen(stage + 1), () =>
        Array.from({ length: count }, (_, index) => {
          const width = widths[stage]!;
          const sizes = { from, width, stride: index === 0 && stage > 0 ? 2 : 1 };
          from = width * expansion;
          return block(building, `backbone.stage${stage + 1}.block${index + 1}`, sizes, norm);
        }),
      ),
    );
    return {
      channels: widths.map((width) => width * expansion),
      strides: [4, 8, 16, 32],
      forward(pictures, pass) {
        // What is not trained keeps its running statistics too.
        const passOf = (part: number) => (isFrozen(part) ? { training: false } : pass);
        let x = tf.tidy(() => maxPool(stem.forward(pictures, passOf(0)), 3, 2, convention.padding));
        return stages.map((blocks, stage) => {
          for (const each of blocks) x = each.forward(x, passOf(stage + 1));
          return x;
        });
      },
    };
  },
});

const basic: BlockKind = {
  expansion: 1,
  block(building, name, { from, width, stride }, norm) {
    const first = convNormRelu(building, `${name}.first`, { from, to: width, size: 3, stride }, norm);
    const second = convNormRelu(building, `${name}.second`, { from: width, to: width, size: 3, relu: false }, norm);
    return residual([first, second], shortcut(building, name, { from, width, stride }, norm));
  },
};

/** The stride is in the 3x3 convolution and not in the 1x1 before it, as in torchvision: no cell of the map is skipped. */
const bottleneck: BlockKind = {
  expansion: 4,
  block(building, name, { from, width, stride }, norm) {
    const to = 4 * width;
    const reduce = convNormRelu(building, `${name}.reduce`, { from, to: width, size: 1 }, norm);
    const middle = convNormRelu(building, `${name}.middle`, { from: width, to: width, size: 3, stride }, norm);
    const expand = convNormRelu(building, `${name}.expand`, { from: width, to, size: 1, relu: false }, norm);
    return residual([reduce, middle, expand], shortcut(building, name, { from, width: to, stride }, norm));
  },
};

function residual(layers: readonly Layer[], projection: Layer | undefined): Layer {
  return {
    forward: (x, pass) =>
      tf.tidy(() => {
        const made = layers.reduce((y, layer) => layer.forward(y, pass), x);
        return tf.relu(addAlike(made, projection?.forward(x, pass) ?? x));
      }),
  };
}

/** A projection where the shapes differ, else nothing. */
function shortcut(building: Building, name: string, { from, width, stride }: BlockSizes, norm: NormConfig): Layer | undefined {
  if (stride === 1 && from === width) return undefined;
  return convNormRelu(building, `${name}.shortcut`, { from, to: width, size: 1, stride, relu: false }, norm);
}
