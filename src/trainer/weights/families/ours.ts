import type { InputKind } from './family.js';
import type { Role } from './roles.js';

/** How the numbers of a layer's weight lie with us: [H, W, in, out], [in, out], the same behind a flattened map, [H, W, out, in]; or one number per channel. */
export type Layout = 'conv' | 'dense' | 'flat' | 'deconv';

type Row = readonly [layer: string, ours: string, layout: Layout, kind?: 'norm'];

/**
 * What our models call each layer (`src/trainer/models`); `#` stands for a number, the first one here for the first one there. `norm`: a convolution with its
 * norm, `convNormRelu`. A renaming there is an edit here, and nowhere else.
 */
const rows: readonly Row[] = [
  ['stem', 'backbone.stem', 'conv', 'norm'],
  ['stage#.block#.conv1', 'backbone.stage#.block#.reduce', 'conv', 'norm'],
  ['stage#.block#.conv2', 'backbone.stage#.block#.middle', 'conv', 'norm'],
  ['stage#.block#.conv3', 'backbone.stage#.block#.expand', 'conv', 'norm'],
  ['stage#.block#.shortcut', 'backbone.stage#.block#.shortcut', 'conv', 'norm'],
  ['vgg.stage#.conv#', 'backbone.stage#.conv#', 'conv'],
  ['alexnet.conv#', 'backbone.conv#', 'conv'],
  ['classifier.fc1', 'classifier.fc1', 'flat'],
  ['classifier.fc2', 'classifier.fc2', 'dense'],
  ['classifier.classes', 'classifier.classes', 'dense'],
  ['fpn.lateral#', 'neck.lateral#', 'conv'],
  ['fpn.output#', 'neck.output#', 'conv'],
  ['rpn.conv', 'rpn.tower', 'conv'],
  ['rpn.objectness', 'rpn.predict', 'conv'],
  ['rpn.deltas', 'rpn.predict', 'conv'],
  ['box.fc1', 'head.fc1', 'flat'],
  ['box.fc2', 'head.fc2', 'dense'],
  ['box.classes', 'head.classes', 'dense'],
  ['box.deltas', 'head.box', 'dense'],
  ['box#.fc1', 'head.stage#.fc1', 'flat'],
  ['box#.fc2', 'head.stage#.fc2', 'dense'],
  ['box#.classes', 'head.stage#.classes', 'dense'],
  ['box#.deltas', 'head.stage#.box', 'dense'],
  ['mask.conv#', 'mask.conv#', 'conv'],
  ['mask.deconv', 'mask.deconv', 'deconv'],
  ['mask.classes', 'mask.classes', 'conv'],
  ['mask#.conv#', 'mask.stage#.conv#', 'conv'],
  ['mask#.deconv', 'mask.stage#.deconv', 'deconv'],
  ['mask#.classes', 'mask.stage#.classes', 'conv'],
  ['keypoint.conv#', 'keypoint.conv#', 'conv'],
  ['keypoint.deconv', 'keypoint.deconv', 'deconv'],
];

/** A block of two convolutions calls them otherwise than one of three. */
const basic: readonly Row[] = [
  ['stage#.block#.conv1', 'backbone.stage#.block#.first', 'conv', 'norm'],
  ['stage#.block#.conv2', 'backbone.stage#.block#.second', 'conv', 'norm'],
];

/** What of our models a config decides, and what they are unless it does. */
export interface Target {
  /** Which of the class scores is background; where it is first it also has a box (that nothing teaches) beside those of the classes. */
  readonly background: 'first' | 'last';
  /** What pictures are when they come to the first convolution. */
  readonly input: InputKind;
  /** What the targets of a region's box are divided by; in a cascade, of each stage. */
  readonly deviations: readonly (readonly number[])[];
  /** Sizes and ratios of the anchors of one cell; where there are several of both, their order matters. */
  readonly anchors: { readonly sizes: number; readonly ratios: number } | undefined;
}

export const usualTarget: Target = {
  background: 'first',
  input: 'rgb',
  deviations: [
    [0.1, 0.1, 0.2, 0.2],
    [0.05, 0.05, 0.1, 0.1],
    [0.033, 0.033, 0.067, 0.067],
  ],
  anchors: undefined,
};

/** What `rgb` divides the pixels by: ImageNet's deviations, 0 to 255. */
export const pixelDeviation = [58.395, 57.12, 57.375] as const;

export interface Ours {
  readonly name: string;
  readonly layout: Layout;
}

const table = (list: readonly Row[]) => new Map(list.map(([layer, ...rest]) => [layer, rest] as const));
const byLayer = table(rows);
const byLayerOfBasic = table([...rows, ...basic]);

/** Our name for a role, and how it lies; `twoConvolutions` where the network's blocks have no third. */
export function ourName({ layer, part }: Role, twoConvolutions: boolean): Ours | undefined {
  // `conv1` of a block is told apart by its number, which the table therefore has.
  const tables = twoConvolutions ? byLayerOfBasic : byLayer;
  for (const key of keysOf(layer)) {
    const found = tables.get(key.pattern);
    if (!found) continue;
    const [template, layout, kind] = found;
    let used = 0;
    const name = template.replace(/#/g, () => String(key.numbers[used++]));
    const own = part.startsWith('norm.') ? part : kind === 'norm' ? `conv.${part}` : part;
    return { name: `${name}.${own}`, layout };
  }
  return undefined;
}

/** A layer as the table may have it: with none, some or all of its numbers open, the most exact first. */
function keysOf(layer: string): { readonly pattern: string; readonly numbers: readonly string[] }[] {
  const numbers = layer.match(/\d+/g) ?? [];
  return Array.from({ length: numbers.length + 1 }, (_, open) => {
    let seen = 0;
    return { pattern: layer.replace(/\d+/g, (digits) => (seen++ < open ? '#' : digits)), numbers };
  });
}
