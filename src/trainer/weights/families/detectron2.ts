import type { Family, Shapes } from './family.js';
import { type Rule, roleOf, rule } from './roles.js';

/** A backbone alone, as those for ImageNet are published, has no prefix. */
const trunk = '(?:backbone\\.bottom_up\\.|bottom_up\\.)?';
const block = `${trunk}res(\\d)\\.(\\d+)\\.`;

const rules: readonly Rule[] = [
  rule(`${trunk}stem\\.conv1`, () => 'stem'),
  rule(`${trunk}stem\\.conv1\\.norm`, () => 'stem', true),
  rule(`${block}conv(\\d)`, (stage, index, conv) => `stage${stage! - 1}.block${index! + 1}.conv${conv}`),
  rule(`${block}conv(\\d)\\.norm`, (stage, index, conv) => `stage${stage! - 1}.block${index! + 1}.conv${conv}`, true),
  rule(`${block}shortcut`, (stage, index) => `stage${stage! - 1}.block${index! + 1}.shortcut`),
  rule(`${block}shortcut\\.norm`, (stage, index) => `stage${stage! - 1}.block${index! + 1}.shortcut`, true),
  rule('backbone\\.fpn_lateral(\\d)', (level) => `fpn.lateral${level! - 1}`),
  rule('backbone\\.fpn_output(\\d)', (level) => `fpn.output${level! - 1}`),
  rule('proposal_generator\\.rpn_head\\.conv', () => 'rpn.conv'),
  rule('proposal_generator\\.rpn_head\\.objectness_logits', () => 'rpn.objectness'),
  rule('proposal_generator\\.rpn_head\\.anchor_deltas', () => 'rpn.deltas'),
  rule('roi_heads\\.box_head\\.fc(\\d)', (index) => `box.fc${index}`),
  rule('roi_heads\\.box_predictor\\.cls_score', () => 'box.classes'),
  rule('roi_heads\\.box_predictor\\.bbox_pred', () => 'box.deltas'),
  rule('roi_heads\\.box_head\\.(\\d)\\.fc(\\d)', (stage, index) => `box${stage! + 1}.fc${index}`),
  rule('roi_heads\\.box_predictor\\.(\\d)\\.cls_score', (stage) => `box${stage! + 1}.classes`),
  rule('roi_heads\\.box_predictor\\.(\\d)\\.bbox_pred', (stage) => `box${stage! + 1}.deltas`),
  rule('roi_heads\\.mask_head\\.mask_fcn(\\d)', (index) => `mask.conv${index}`),
  rule('roi_heads\\.mask_head\\.deconv', () => 'mask.deconv'),
  rule('roi_heads\\.mask_head\\.predictor', () => 'mask.classes'),
  rule('roi_heads\\.keypoint_head\\.conv_fcn(\\d)', (index) => `keypoint.conv${index}`),
  rule('roi_heads\\.keypoint_head\\.score_lowres', () => 'keypoint.deconv'),
];

export function detectron2(shapes: Shapes): Family | undefined {
  const known = [...shapes.keys()].some((name) => /(^|\.)res2\.0\.conv1\.norm\.|^proposal_generator\.rpn_head\./.test(name));
  if (!known) return undefined;
  return {
    name: 'detectron2',
    title: 'Detectron2',
    role: (name) => roleOf(name, rules),
    background: 'last',
    anchors: 'size by size',
    input: 'bgr',
  };
}
