import * as tf from '../../../tf.js';
import { convNormRelu, type Layer } from '../layers.js';
import type { Parameters } from '../parameters.js';
import type { Backbone } from './backbone.js';

export interface ResNetOptions {
  /** 18 or 34: networks of basic blocks (He et al., 2016, table 1). */
  readonly depth: 18 | 34;
}

const blocksOf = { 18: [2, 2, 2, 2], 34: [3, 4, 6, 3] } as const;
const channels = [64, 128, 256, 512] as const;

/** A residual network of basic blocks (He et al., 2016): maps of stride 4, 8, 16 and 32. */
export function resNet(parameters: Parameters, { depth }: ResNetOptions): Backbone {
  const stem = convNormRelu(parameters, 'backbone.stem', { from: 3, to: 64, size: 7, stride: 2 });
  let from = 64;
  const stages = blocksOf[depth].map((count, stage) =>
    Array.from({ length: count }, (_, index) => {
      const to = channels[stage]!;
      const block = basicBlock(parameters, `backbone.stage${stage + 1}.block${index + 1}`, from, to, index === 0 && stage > 0 ? 2 : 1);
      from = to;
      return block;
    }),
  );
  return {
    channels,
    strides: [4, 8, 16, 32],
    forward(pictures, pass) {
      let x = tf.maxPool(stem.forward(pictures, pass), 3, 2, 'same');
      return stages.map((blocks) => {
        for (const block of blocks) x = block.forward(x, pass);
        return x;
      });
    },
  };
}

function basicBlock(parameters: Parameters, name: string, from: number, to: number, stride: number): Layer {
  const first = convNormRelu(parameters, `${name}.first`, { from, to, size: 3, stride });
  const second = convNormRelu(parameters, `${name}.second`, { from: to, to, size: 3, relu: false });
  const shortcut =
    stride > 1 || from !== to ? convNormRelu(parameters, `${name}.shortcut`, { from, to, size: 1, stride, relu: false }) : undefined;
  return {
    forward: (x, pass) => tf.relu(tf.add(second.forward(first.forward(x, pass), pass), shortcut?.forward(x, pass) ?? x)) as tf.Tensor4D,
  };
}
