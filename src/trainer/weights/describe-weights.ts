import { detectFamily } from './families/detect.js';
import type { InputKind } from './families/family.js';
import { mapWeights } from './families/map-weights.js';
import { usualTarget } from './families/ours.js';
import { networkNames, networkTensors } from './network-tensors.js';
import { bytesOf } from './stored-tensor.js';
import { formatWords, type WeightsFile, type WeightsFormat } from './weights-file.js';

/** What is in a file of weights, as `weights show --json` prints it. */
export interface WeightsDescription {
  readonly path: string;
  readonly format: WeightsFormat;
  readonly formatTitle: string;
  /** Of the file. */
  readonly bytes: number;
  /** Whose names the tensors have; null where nobody's that we know. `input`: what the first convolution is taken to see. */
  readonly family: { readonly name: string; readonly title: string; readonly input: InputKind } | null;
  readonly about: Readonly<Record<string, string>>;
  readonly classes: readonly string[] | null;
  readonly tensors: readonly TensorDescription[];
}

export interface TensorDescription {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  /** The parameter of ours that it becomes, or a part of; null where none. */
  readonly ours: { readonly name: string; readonly shape: readonly number[] } | null;
}

/** Describes an open file without reading a number. */
export function describeWeights(file: WeightsFile): WeightsDescription {
  const network = networkTensors(file);
  const family = detectFamily(network, file.config);
  const mapped = family && mapWeights(network, family, usualTarget);
  const own = family === undefined && [...network.keys()].some((name) => /^(backbone\.stem|head\.classes|rpn\.predict)\./.test(name));
  const inner = networkNames(file);
  const tensors = [...file.tensors.values()].map((tensor): TensorDescription => {
    const { name, dtype, shape } = tensor;
    const known = inner.get(name) ?? name;
    const ours = mapped?.tensors.get(mapped.nameOf.get(known) ?? '');
    const asItIs = own && inner.has(name) ? { name: known, shape } : null;
    return { name, dtype, shape, bytes: bytesOf(tensor), ours: ours ? { name: ours.name, shape: ours.shape } : asItIs };
  });
  const title = own ? 'gpu-setup' : family?.title;
  return {
    path: file.path,
    format: file.format,
    formatTitle: formatWords[file.format],
    bytes: file.size,
    family: title === undefined ? null : { name: family?.name ?? 'gpu-setup', title, input: family?.input ?? 'rgb' },
    about: file.about,
    classes: file.classes ?? null,
    tensors,
  };
}
