import { isReal, toFloat32 } from '../dtypes.js';
import { forPictures, joined, picked, type RowPick, transposed } from '../layout.js';
import { countOf, type StoredTensor } from '../stored-tensor.js';
import type { Family } from './family.js';
import { type Layout, ourName, pixelDeviation, type Target } from './ours.js';
import { type Role, roleName } from './roles.js';
import { anchorOrder, boxOrder, classOrder, maskOrder } from './row-order.js';

/** One of our parameters as a file's tensors make it. */
export interface MappedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** The file's names for what it is made of. */
  readonly from: readonly string[];
  build(): Float32Array;
}

export interface Mapped {
  readonly tensors: ReadonlyMap<string, MappedTensor>;
  /** The file's tensors that are part of no network of ours. */
  readonly unknown: readonly string[];
  /** By the file's name, ours. */
  readonly nameOf: ReadonlyMap<string, string>;
}

/** A tensor of the file and what it is. */
interface Placed {
  readonly tensor: StoredTensor;
  readonly role: Role;
}

/** `wanted`: the shapes that our model has, as far as they are known. */
export function mapWeights(
  file: ReadonlyMap<string, StoredTensor>,
  family: Family,
  target: Target,
  wanted: ReadonlyMap<string, readonly number[]> = new Map(),
): Mapped {
  const byRole = new Map<string, Placed>();
  const unknown: string[] = [];
  for (const tensor of file.values()) {
    const role = isReal(tensor.dtype) ? family.role(tensor.name) : undefined;
    if (!role || byRole.has(roleName(role))) unknown.push(tensor.name);
    else byRole.set(roleName(role), { tensor, role });
  }
  const twoConvolutions = byRole.has('stage1.block1.conv2:weight') && !byRole.has('stage1.block1.conv3:weight');
  const network: Network = { byRole, family, target, wanted, channels: channelsBehind(byRole) };
  const tensors = new Map<string, MappedTensor>();
  const nameOf = new Map<string, string>();
  for (const placed of byRole.values()) {
    const ours = ourName(placed.role, twoConvolutions);
    const made = ours && mapOne(placed, ours.name, ours.layout, network);
    if (!made) {
      unknown.push(placed.tensor.name);
      continue;
    }
    for (const name of made.from) nameOf.set(name, made.name);
    tensors.set(made.name, made);
  }
  return { tensors, unknown, nameOf };
}

interface Network {
  readonly byRole: ReadonlyMap<string, Placed>;
  readonly family: Family;
  readonly target: Target;
  readonly wanted: ReadonlyMap<string, readonly number[]>;
  /** Channels of the map that a `flat` layer sees flattened, where the file tells. */
  readonly channels: number | undefined;
}

function channelsBehind(byRole: ReadonlyMap<string, Placed>): number | undefined {
  const last = ['fpn.output1:weight', 'vgg.stage5.conv3:weight', 'alexnet.conv5:weight'].map((role) => byRole.get(role)).find(Boolean);
  return last?.tensor.shape[0];
}

/** Undefined where the tensor has not the axes that such a layer has. */
function mapOne({ tensor, role }: Placed, name: string, layout: Layout, network: Network): MappedTensor | undefined {
  if (role.layer === 'rpn.objectness' || role.layer === 'rpn.deltas') return proposals(role.part, name, network);
  const order = rowsOf(role, tensor, name, network);
  const rows = order?.length ?? tensor.shape[0] ?? 0;
  const numbers = () => toFloat32(tensor.bytes(), tensor.dtype);
  const inOrder = () => (order ? picked(numbers(), countOf(tensor.shape.slice(1)), order) : numbers());
  if (role.part !== 'weight') {
    if (tensor.shape.length !== 1) return undefined;
    return { name, shape: [rows], from: [tensor.name], build: () => (order ? inOrder() : numbers().slice()) };
  }
  const axes = axesOf(layout, tensor.shape, network.channels);
  if (!axes) return undefined;
  const pictures = role.layer === 'stem' || /^(vgg\.stage1|alexnet)\.conv1$/.test(role.layer) ? changeOfPictures(network) : undefined;
  const seen = () => (pictures && axes.channels === 3 ? forPictures(inOrder(), axes.cells, pictures) : inOrder());
  return { name, shape: axes.shape(rows), from: [tensor.name], build: () => transposed(seen(), rows, axes.channels, axes.cells) };
}

interface Axes {
  readonly channels: number;
  readonly cells: number;
  shape(rows: number): readonly number[];
}

function axesOf(layout: Layout, shape: readonly number[], channels: number | undefined): Axes | undefined {
  const [, inner, height, width] = shape;
  if (layout === 'conv' || layout === 'deconv') {
    if (shape.length !== 4) return undefined;
    // A transposed convolution counts what goes in first, so that it is last with us.
    return { channels: inner!, cells: height! * width!, shape: (rows) => [height!, width!, inner!, rows] };
  }
  if (shape.length !== 2) return undefined;
  const cells = layout === 'flat' ? cellsOf(inner!, channels) : 1;
  return cells === undefined ? undefined : { channels: inner! / cells, cells, shape: (rows) => [inner!, rows] };
}

/** How many cells a flattened map has: a square. Regions have 7 x 7 where the file does not say how many channels. */
function cellsOf(inputs: number, channels: number | undefined): number | undefined {
  const cells = channels === undefined ? 49 : inputs / channels;
  return inputs % cells === 0 && Number.isInteger(Math.sqrt(cells)) ? cells : undefined;
}

/** BGR whose pixels are not divided by anything, for RGB whose are, and the other way round. Exact: both have their mean taken off, so that a border of zeros is the same. */
function changeOfPictures({ family, target }: Network): { readonly reverse: boolean; readonly times: readonly number[] } | undefined {
  if (family.input === target.input) return undefined;
  return {
    reverse: true,
    times: target.input === 'rgb' ? pixelDeviation : [...pixelDeviation].reverse().map((deviation) => 1 / deviation),
  };
}

function rowsOf(
  { layer }: Role,
  tensor: StoredTensor,
  name: string,
  { byRole, family, target, wanted }: Network,
): readonly RowPick[] | undefined {
  const rows = tensor.shape[0] ?? 0;
  const [, head, stage, what] = /^(box|mask)(\d*)\.(classes|deltas)$/.exec(layer) ?? [];
  if (head === 'mask') return maskOrder(rows, family.background);
  if (head !== 'box') return undefined;
  if (what === 'classes') return classOrder(rows, family.background, target.background);
  const index = Math.max(Number(stage) - 1, 0);
  const scores = byRole.get(`box${stage}.classes:weight`)?.tensor.shape[0] ?? byRole.get(`box${stage}.classes:bias`)?.tensor.shape[0] ?? 0;
  const from = familyDeviations[index] ?? familyDeviations[0]!;
  const to = target.deviations[index] ?? from;
  return boxOrder({ deltas: rows, scores, from, to, background: target.background, wanted: wanted.get(name)?.at(-1) });
}

/** What every family's own configs divide the targets of boxes by, stage by stage. */
const familyDeviations: readonly (readonly number[])[] = [
  [0.1, 0.1, 0.2, 0.2],
  [0.05, 0.05, 0.1, 0.1],
  [0.033, 0.033, 0.067, 0.067],
];

/** Two convolutions of theirs are one of ours, where both are there and fit each other. */
function proposals(part: Role['part'], name: string, { byRole, family, target }: Network): MappedTensor | undefined {
  const parts = ['objectness', 'deltas'].map((which) => byRole.get(`rpn.${which}:${part}`)?.tensor);
  const [objectness, deltas] = parts;
  if (!objectness || !deltas || deltas.shape[0] !== 4 * objectness.shape[0]! || deltas.shape.length !== (part === 'weight' ? 4 : 1))
    return undefined;
  const order = anchorOrder(objectness.shape[0]!, family.anchors, target.anchors);
  const [, inner = 1, height = 1, width = 1] = deltas.shape;
  const length = inner * height * width;
  if (countOf(objectness.shape) !== objectness.shape[0]! * length) return undefined;
  const rows = () => picked(joined([objectness, deltas].map((each) => toFloat32(each.bytes(), each.dtype))), length, order);
  const from = [objectness.name, deltas.name];
  if (part !== 'weight') return { name, shape: [order.length], from, build: rows };
  return { name, shape: [height, width, inner, order.length], from, build: () => transposed(rows(), order.length, inner, height * width) };
}
