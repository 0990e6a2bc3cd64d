import type { Family, Shapes } from './family.js';
import { type Rule, roleOf, rule } from './roles.js';

/** A residual network as torchvision and, after it, mmdetection name it. */
export const resNetRules = (prefix: string): Rule[] => [
  rule(`${prefix}conv1`, () => 'stem'),
  rule(`${prefix}bn1`, () => 'stem', true),
  rule(`${prefix}layer(\\d)\\.(\\d+)\\.conv(\\d)`, (stage, block, conv) => `stage${stage}.block${block! + 1}.conv${conv}`),
  rule(`${prefix}layer(\\d)\\.(\\d+)\\.bn(\\d)`, (stage, block, conv) => `stage${stage}.block${block! + 1}.conv${conv}`, true),
  rule(`${prefix}layer(\\d)\\.(\\d+)\\.downsample\\.0`, (stage, block) => `stage${stage}.block${block! + 1}.shortcut`),
  rule(`${prefix}layer(\\d)\\.(\\d+)\\.downsample\\.1`, (stage, block) => `stage${stage}.block${block! + 1}.shortcut`, true),
];

/** Of torchvision/models/detection; a convolution lies in a block of its own (`.0.0`) since 0.13. */
const detectionRules: readonly Rule[] = [
  ...resNetRules('backbone\\.body\\.'),
  rule('backbone\\.fpn\\.inner_blocks\\.(\\d)(?:\\.0)?', (level) => `fpn.lateral${level! + 1}`),
  rule('backbone\\.fpn\\.layer_blocks\\.(\\d)(?:\\.0)?', (level) => `fpn.output${level! + 1}`),
  rule('rpn\\.head\\.conv(?:\\.0\\.0)?', () => 'rpn.conv'),
  rule('rpn\\.head\\.cls_logits', () => 'rpn.objectness'),
  rule('rpn\\.head\\.bbox_pred', () => 'rpn.deltas'),
  rule('roi_heads\\.box_head\\.fc6', () => 'box.fc1'),
  rule('roi_heads\\.box_head\\.fc7', () => 'box.fc2'),
  rule('roi_heads\\.box_predictor\\.cls_score', () => 'box.classes'),
  rule('roi_heads\\.box_predictor\\.bbox_pred', () => 'box.deltas'),
  rule('roi_heads\\.mask_head\\.(\\d)\\.0', (index) => `mask.conv${index! + 1}`),
  rule('roi_heads\\.mask_head\\.mask_fcn(\\d)', (index) => `mask.conv${index}`),
  rule('roi_heads\\.mask_predictor\\.conv5_mask', () => 'mask.deconv'),
  rule('roi_heads\\.mask_predictor\\.mask_fcn_logits', () => 'mask.classes'),
  // Every second one is a ReLU.
  rule('roi_heads\\.keypoint_head\\.(\\d+)', (index) => `keypoint.conv${index! / 2 + 1}`),
  rule('roi_heads\\.keypoint_predictor\\.kps_score_lowres', () => 'keypoint.deconv'),
];

const classificationRules: readonly Rule[] = [...resNetRules(''), rule('fc', () => 'classifier.classes')];

/** Convolutions per stage of VGG16 (Simonyan and Zisserman, 2015, table 1, D). */
const vgg16 = [2, 2, 3, 3, 3];

/** Of a `features` that counts every layer: a convolution, perhaps a norm, a ReLU; behind each stage a pooling. */
function vggRules(norm: boolean): Rule[] {
  const rules: Rule[] = [];
  let index = 0;
  for (const [stage, convolutions] of vgg16.entries()) {
    for (let conv = 1; conv <= convolutions; conv++) {
      const layer = () => `vgg.stage${stage + 1}.conv${conv}`;
      rules.push(rule(`features\\.${index}`, layer));
      if (norm) rules.push(rule(`features\\.${index + 1}`, layer, true));
      index += norm ? 3 : 2;
    }
    index++;
  }
  return [...rules, ...classifierRules([0, 3, 6])];
}

const classifierRules = (indices: readonly number[]) =>
  ['fc1', 'fc2', 'classes'].map((name, i) => rule(`classifier\\.${indices[i]}`, () => `classifier.${name}`));

const alexNetRules = [
  ...[0, 3, 6, 8, 10].map((index, i) => rule(`features\\.${index}`, () => `alexnet.conv${i + 1}`)),
  ...classifierRules([1, 4, 6]),
];

function rulesFor(shapes: Shapes): readonly Rule[] | undefined {
  if (shapes.has('backbone.body.conv1.weight')) return detectionRules;
  if (shapes.has('layer1.0.conv1.weight')) return classificationRules;
  const first = shapes.get('features.0.weight')?.shape;
  if (first?.[2] === 11) return alexNetRules;
  // The last convolution, and none behind it: VGG-13 and -19 count otherwise.
  const ends = (last: number, next: number) => shapes.has(`features.${last}.weight`) && !shapes.has(`features.${next}.weight`);
  if (shapes.has('features.1.running_mean')) return ends(41, 43) ? vggRules(true) : undefined;
  return first && ends(28, 30) ? vggRules(false) : undefined;
}

export function torchvision(shapes: Shapes): Family | undefined {
  const rules = rulesFor(shapes);
  if (!rules) return undefined;
  const what = rules === detectionRules ? 'detection' : 'classification';
  return {
    name: 'torchvision',
    title: `torchvision, ${what}`,
    role: (name) => roleOf(name, rules),
    background: 'first',
    anchors: 'ratio by ratio',
    input: 'rgb',
  };
}
