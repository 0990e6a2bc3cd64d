import type { StoredTensor } from './stored-tensor.js';
import type { WeightsFile } from './weights-file.js';

/** Wrappers put their own name before every tensor. */
const wrappers = ['module.', '_orig_mod.', 'model.'];

/**
 * The tensors of a file's network without the names of what a network was wrapped in (`DataParallel`, `torch.compile`, Lightning, a run of ours), and without what a run of ours
 * keeps beside its network.
 */
export function networkTensors(file: Pick<WeightsFile, 'tensors' | 'about'>): ReadonlyMap<string, StoredTensor> {
  return new Map([...networkNames(file)].map(([outer, name]) => [name, { ...file.tensors.get(outer)!, name }]));
}

/** The names that a file has for the tensors of its network, and those without the wrappers'. */
export function networkNames({ tensors, about }: Pick<WeightsFile, 'tensors' | 'about'>): ReadonlyMap<string, string> {
  const ownRun = about.format === 'gpu-setup/1';
  const outer = [...tensors.keys()].filter((name) => !ownRun || name.startsWith('model.'));
  let inner = outer;
  for (let wrapper = commonWrapper(inner); wrapper !== undefined; wrapper = commonWrapper(inner)) {
    const { length } = wrapper;
    inner = inner.map((name) => name.slice(length));
  }
  return new Map(outer.map((name, index) => [name, inner[index]!]));
}

const commonWrapper = (names: readonly string[]) =>
  names.length === 0
    ? undefined
    : wrappers.find((wrapper) => names.every((name) => name.startsWith(wrapper) && name.length > wrapper.length));
