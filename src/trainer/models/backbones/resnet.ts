import { addAlike } from '../../../ops/plain-sums.js';
import * as tf from '../../../tf.js';
import { convNormRelu, type Layer } from '../layers.js';
import type { Parameters } from '../parameters.js';
import type { Backbone } from './backbone.js';

export interface ResNetOptions {
  /** 18 or 34: networks of basic blocks; 50: of bottlenecks (He et al., 2016, table 1). */
  readonly depth: 18 | 34 | 50;
}

const blocksOf = { 18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 6, 3] } as const;
const widths = [64, 128, 256, 512] as const;

/** Makes a block of inner width `width`, and says how many times as wide what comes out of it is. */
interface BlockKind {
  readonly expansion: number;
  block(parameters: Parameters, name: string, from: number, width: number, stride: number): Layer;
}

/** A residual network (He et al., 2016): maps of stride 4, 8, 16 and 32. */
export function resNet(parameters: Parameters, { depth }: ResNetOptions): Backbone {
  const { expansion, block } = depth === 50 ? bottleneck : basic;
  const stem = convNormRelu(parameters, 'backbone.stem', { from: 3, to: 64, size: 7, stride: 2 });
  let from = 64;
  const stages = blocksOf[depth].map((count, stage) =>
    Array.from({ length: count }, (_, index) => {
      const width = widths[stage]!;
      const made = block(parameters, `backbone.stage${stage + 1}.block${index + 1}`, from, width, index === 0 && stage > 0 ? 2 : 1);
      from = width * expansion;
      return made;
    }),
  );
  return {
    channels: widths.map((width) => width * expansion),
    strides: [4, 8, 16, 32],
    forward(pictures, pass) {
      let x = tf.tidy(() => tf.maxPool(stem.forward(pictures, pass), 3, 2, 'same'));
      return stages.map((blocks) => {
        for (const block of blocks) x = block.forward(x, pass);
        return x;
      });
    },
  };
}

const basic: BlockKind = {
  expansion: 1,
  block(parameters, name, from, width, stride) {
    const first = convNormRelu(parameters, `${name}.first`, { from, to: width, size: 3, stride });
    const second = convNormRelu(parameters, `${name}.second`, { from: width, to: width, size: 3, relu: false });
    return residual([first, second], shortcut(parameters, name, from, width, stride));
  },
};

/** The stride is in the 3x3 convolution and not in the 1x1 before it, as in torchvision: no cell of the map is skipped. */
const bottleneck: BlockKind = {
  expansion: 4,
  block(parameters, name, from, width, stride) {
    const to = 4 * width;
    const reduce = convNormRelu(parameters, `${name}.reduce`, { from, to: width, size: 1 });
    const middle = convNormRelu(parameters, `${name}.middle`, { from: width, to: width, size: 3, stride });
    const expand = convNormRelu(parameters, `${name}.expand`, { from: width, to, size: 1, relu: false });
    return residual([reduce, middle, expand], shortcut(parameters, name, from, to, stride));
  },
};

function residual(layers: readonly Layer[], shortcut: Layer | undefined): Layer {
  return {
    forward: (x, pass) =>
      tf.tidy(() => {
        const made = layers.reduce((y, layer) => layer.forward(y, pass), x);
        return tf.relu(addAlike(made, shortcut?.forward(x, pass) ?? x));
      }),
  };
}

/** A projection where the shapes differ, else nothing. */
function shortcut(parameters: Parameters, name: string, from: number, to: number, stride: number): Layer | undefined {
  return stride > 1 || from !== to ? convNormRelu(parameters, `${name}.shortcut`, { from, to, size: 1, stride, relu: false }) : undefined;
}
