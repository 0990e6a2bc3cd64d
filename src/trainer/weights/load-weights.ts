import { UserError } from '../../errors.js';
import { isReal, toFloat32 } from './dtypes.js';
import { detectFamily } from './families/detect.js';
import type { Family, InputKind } from './families/family.js';
import { type MappedTensor, mapWeights } from './families/map-weights.js';
import { type Target, usualTarget } from './families/ours.js';
import { networkTensors } from './network-tensors.js';
import { openWeights } from './open-weights.js';
import { quoted } from './place.js';
import type { StoredTensor } from './stored-tensor.js';
import type { WeightsFile, WeightsFormat } from './weights-file.js';

export interface LoadOptions {
  /** What of the model its config decides; the usual is assumed of what is not said. */
  readonly target?: Partial<Target>;
  /** What the weights' first convolution was trained to see, where the file does not tell (Caffe's weights under torchvision's names). */
  readonly input?: InputKind;
}

/** What came of a file's weights for a model, complete before a number was read. Names of ours unless said otherwise. */
export interface WeightsReport {
  readonly path: string;
  readonly format: WeightsFormat;
  /** Whose names the file has; `gpu-setup` where they are ours. */
  readonly family: string;
  readonly taken: readonly { readonly name: string; readonly from: readonly string[] }[];
  /** Of the model, for which the file has nothing: they stay as they are. */
  readonly missing: readonly string[];
  /** The file's names of what went nowhere. */
  readonly leftOver: readonly string[];
  readonly wrongShape: readonly {
    readonly name: string;
    readonly from: readonly string[];
    readonly has: readonly number[];
    readonly wants: readonly number[];
  }[];
  /** What one should know, a sentence each. */
  readonly notes: readonly string[];
  readonly classes: readonly string[] | undefined;
}

/** A parameter's new values. */
export interface LoadedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface Loaded {
  readonly report: WeightsReport;
  /** What was taken, one at a time, each read when it is its turn. */
  tensors(): Iterable<LoadedTensor>;
  close(): void;
}

/**
 * Opens a file of weights for a model whose parameters have these names and shapes. Names, layouts and orders of torchvision, mmdetection and Detectron2 are brought to ours; a file
 * with our names is taken as it is. Throws a UserError where nothing of the file fits.
 */
export function loadWeights(path: string, parameters: ReadonlyMap<string, readonly number[]>, options: LoadOptions = {}): Loaded {
  const file = openWeights(path);
  try {
    const { report, taken } = compare(file, parameters, options);
    return {
      report,
      *tensors() {
        for (const { name, shape, build } of taken) yield { name, shape, data: build() };
      },
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

interface Known {
  readonly family: string;
  readonly tensors: ReadonlyMap<string, MappedTensor>;
  readonly unknown: readonly string[];
  readonly notes: readonly string[];
}

function compare(
  file: WeightsFile,
  parameters: ReadonlyMap<string, readonly number[]>,
  options: LoadOptions,
): { report: WeightsReport; taken: readonly MappedTensor[] } {
  const { family, tensors, unknown, notes } = known(file, parameters, options);
  const taken: MappedTensor[] = [];
  const missing: string[] = [];
  const wrongShape: WeightsReport['wrongShape'][number][] = [];
  for (const [name, wants] of parameters) {
    const found = tensors.get(name);
    if (!found) missing.push(name);
    else if (found.shape.join() === wants.join()) taken.push(found);
    else wrongShape.push({ name, from: found.from, has: found.shape, wants });
  }
  if (taken.length === 0) {
    const example = wrongShape[0];
    throw new UserError(
      `Nothing of \`${file.path}\` fits the model${example ? `: ${quoted(example.name)} is [${example.has}] there, the model wants [${example.wants}]` : ''}`,
      {
        hint: 'the command `weights show` tells what is in it',
      },
    );
  }
  const leftOver = [
    ...unknown.filter((name) => !isBeside(name)),
    ...[...tensors.values()].filter(({ name }) => !parameters.has(name)).flatMap(({ from }) => from),
  ];
  const { path, format, classes } = file;
  return {
    report: { path, format, family, taken: taken.map(({ name, from }) => ({ name, from })), missing, leftOver, wrongShape, notes, classes },
    taken,
  };
}

function known(file: WeightsFile, parameters: ReadonlyMap<string, readonly number[]>, options: LoadOptions): Known {
  const tensors = networkTensors(file);
  const detected = detectFamily(tensors, file.config);
  const target: Target = { ...usualTarget, ...options.target };
  if (detected) {
    const family: Family = options.input === undefined ? detected : { ...detected, input: options.input };
    const mapped = mapWeights(tensors, family, target, parameters);
    return { family: family.title, tensors: mapped.tensors, unknown: mapped.unknown, notes: notesOn(family, target) };
  }
  if (![...tensors.keys()].some((name) => parameters.has(name))) {
    throw new UserError(
      `\`${file.path}\` names its tensors as no program that is known here, such as ${[...tensors.keys()].slice(0, 3).map(quoted).join(', ')}`,
      {
        hint: 'known are torchvision, mmdetection, Detectron2 and gpu-setup',
      },
    );
  }
  const asTheyAre = [...tensors.values()].filter(({ dtype }) => isReal(dtype)).map(asItIs);
  return { family: 'gpu-setup', tensors: new Map(asTheyAre.map((each) => [each.name, each])), unknown: [], notes: [] };
}

function asItIs(tensor: StoredTensor): MappedTensor {
  const { name, shape, dtype } = tensor;
  return { name, shape, from: [name], build: () => toFloat32(tensor.bytes(), dtype).slice() };
}

function notesOn({ title, input }: Family, target: Target): string[] {
  if (input === target.input || input === 'rgb') return [];
  return [
    `the first convolution of ${title} weights sees BGR whose pixels are not divided: it was turned to RGB, exactly`,
    'such networks mostly have the stride of a block in its first convolution (Caffe style), not in the second',
  ];
}

/** Beside a network's numbers: counters, anchors that a config gives, means of pixels. */
const isBeside = (name: string) =>
  /(^|\.)(num_batches_tracked|cell_anchors\.\d+|pixel_(mean|std)|data_preprocessor\.(mean|std))$/.test(name);
