import * as tf from '../../tf.js';
import type { Random } from '../random.js';
import { type BackboneConfig, backbones } from './backbones/index.js';
import { type ConventionConfig, conventionOf } from './convention.js';
import { dense, denseRelu, type Pass } from './layers.js';
import { Parameters } from './parameters.js';

export interface ClassifierOptions {
  readonly backbone: BackboneConfig;
  readonly convention: ConventionConfig;
  readonly classes: number;
  /** Of VGG's two fully connected layers. */
  readonly width?: number;
}

/** A backbone with the classifier that it was published with: what its pretrained weights were trained as, and can be checked as. */
export interface Classifier {
  readonly parameters: Parameters;
  /** Pictures [B, H, W, 3], about zero mean and unit deviation, to logits [B, K]. */
  forward(pictures: tf.Tensor4D, pass: Pass): tf.Tensor2D;
  dispose(): void;
}

/** A residual network averages its last map; VGG-16 pools it to 7x7 cells, pictures of 224x224, and has two wide layers. */
export function imageClassifier({ backbone: config, convention, classes, width = 4096 }: ClassifierOptions, random: Random): Classifier {
  const parameters = new Parameters(random);
  const backbone = backbones.build(config, { parameters, convention: conventionOf(convention) });
  const last = backbone.channels.at(-1)!;
  const wide = config.type === 'vgg16';
  const hidden = wide
    ? [
        denseRelu(parameters, 'classifier.fc1', { from: 49 * last, to: width }),
        denseRelu(parameters, 'classifier.fc2', { from: width, to: width }),
      ]
    : [];
  const scores = dense(parameters, 'classifier.classes', { from: wide ? width : last, to: classes }, { kind: 'normal', deviation: 0.01 });
  return {
    parameters,
    forward: (pictures, pass) =>
      tf.tidy(() => {
        const map = backbone.forward(pictures, pass).at(-1)!;
        const features = wide ? tf.reshape(tf.maxPool(map, 2, 2, 'valid'), [map.shape[0], 49 * last]) : tf.mean(map, [1, 2]);
        return scores.forward(hidden.reduce((x, layer) => layer.forward(x), features as tf.Tensor2D));
      }),
    dispose: () => parameters.dispose(),
  };
}
