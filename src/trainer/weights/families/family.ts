import type { StoredTensor } from '../stored-tensor.js';
import type { Role } from './roles.js';

/** What the first convolution sees: RGB over the deviations of ImageNet's pixels, or BGR as it is (Caffe's way); both without their mean. */
export type InputKind = 'rgb' | 'bgr';

/** A program's way to name and order the numbers of a network. */
export interface Family {
  readonly name: 'torchvision' | 'mmdetection-v1' | 'mmdetection' | 'detectron2' | 'gpu-setup';
  readonly title: string;
  /** Undefined of what is no part of a network that we know. */
  role(name: string): Role | undefined;
  /** Where its class scores have the background, of which a mask has none where it is last. */
  readonly background: 'first' | 'last';
  /** What its anchors count first where a map has several sizes and ratios: all sizes of a ratio, or all ratios of a size. */
  readonly anchors: 'ratio by ratio' | 'size by size';
  readonly input: InputKind;
}

/** Names and shapes, in which a family is recognised. */
export type Shapes = ReadonlyMap<string, Pick<StoredTensor, 'shape'>>;
