import type { Family, Shapes } from './family.js';
import { type Rule, roleOf, rule } from './roles.js';
import { resNetRules } from './torchvision.js';

/** Both versions name alike; since 2.0 the heads of regions lie in `roi_head`. In a cascade each is counted. */
const rulesBelow = (prefix: string): Rule[] => [
  ...resNetRules('backbone\\.'),
  rule('neck\\.lateral_convs\\.(\\d)\\.conv', (level) => `fpn.lateral${level! + 1}`),
  rule('neck\\.fpn_convs\\.(\\d)\\.conv', (level) => `fpn.output${level! + 1}`),
  rule('rpn_head\\.rpn_conv', () => 'rpn.conv'),
  rule('rpn_head\\.rpn_cls', () => 'rpn.objectness'),
  rule('rpn_head\\.rpn_reg', () => 'rpn.deltas'),
  rule(`${prefix}bbox_head\\.shared_fcs\\.(\\d)`, (index) => `box.fc${index! + 1}`),
  rule(`${prefix}bbox_head\\.fc_cls`, () => 'box.classes'),
  rule(`${prefix}bbox_head\\.fc_reg`, () => 'box.deltas'),
  rule(`${prefix}bbox_head\\.(\\d)\\.shared_fcs\\.(\\d)`, (stage, index) => `box${stage! + 1}.fc${index! + 1}`),
  rule(`${prefix}bbox_head\\.(\\d)\\.fc_cls`, (stage) => `box${stage! + 1}.classes`),
  rule(`${prefix}bbox_head\\.(\\d)\\.fc_reg`, (stage) => `box${stage! + 1}.deltas`),
  rule(`${prefix}mask_head\\.convs\\.(\\d)\\.conv`, (index) => `mask.conv${index! + 1}`),
  rule(`${prefix}mask_head\\.upsample`, () => 'mask.deconv'),
  rule(`${prefix}mask_head\\.conv_logits`, () => 'mask.classes'),
  rule(`${prefix}mask_head\\.(\\d)\\.convs\\.(\\d)\\.conv`, (stage, index) => `mask${stage! + 1}.conv${index! + 1}`),
  rule(`${prefix}mask_head\\.(\\d)\\.upsample`, (stage) => `mask${stage! + 1}.deconv`),
  rule(`${prefix}mask_head\\.(\\d)\\.conv_logits`, (stage) => `mask${stage! + 1}.classes`),
];

const rules = { v1: rulesBelow(''), later: rulesBelow('roi_head\\.') };

/** `config` is what the checkpoint's `meta` holds of the training config. */
export function mmdetection(shapes: Shapes, config: string | undefined): Family | undefined {
  const names = [...shapes.keys()];
  if (!shapes.has('backbone.layer1.0.conv1.weight') && !names.some((name) => /^(neck\.lateral_convs|rpn_head\.rpn_conv)\./.test(name)))
    return undefined;
  const v1 = names.some((name) => /^(bbox_head|mask_head)\./.test(name));
  const own = v1 ? rules.v1 : rules.later;
  return {
    name: v1 ? 'mmdetection-v1' : 'mmdetection',
    title: v1 ? 'mmdetection 1' : 'mmdetection 2 and 3',
    role: (name) => roleOf(name, own),
    // Background became the last class with 2.0, and lost its box.
    background: v1 ? 'first' : 'last',
    anchors: 'ratio by ratio',
    input: config !== undefined && isCaffeStyle(config) ? 'bgr' : 'rgb',
  };
}

/** Whether pictures stay BGR and are not divided by a deviation. */
const isCaffeStyle = (config: string) =>
  /(to_rgb|bgr_to_rgb)['"]?\s*[=:]\s*False/.test(config) && /std['"]?\s*[=:]\s*\[\s*1(\.0*)?\s*,/.test(config);
