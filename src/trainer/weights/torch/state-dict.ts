import { deepestTensor } from '../bounds.js';
import { NumpyArray } from '../numpy.js';
import { ByteString, Dict, dictOf, Known, Opaque, type PickleValue, Tuple } from '../pickle/values.js';
import { type Place, quoted } from '../place.js';
import { Tensor } from './values.js';

/** The tensors of a checkpoint by name, and where in it they were. */
export interface StateDict {
  /** `state_dict`; undefined where the checkpoint is nothing but its tensors. */
  readonly under: string | undefined;
  readonly tensors: ReadonlyMap<string, Tensor | NumpyArray>;
}

/** Where programs keep a model's state in a checkpoint that holds more, the usual one first. */
const usual = [
  'state_dict',
  'model_state_dict',
  'model',
  'module',
  'net',
  'network',
  'weights',
  'params',
  'ema_state_dict',
  'model_ema',
  'blobs',
];

/**
 * Finds a model's tensors in what a checkpoint holds: a state dict, a dict with one (the other entries, such as an optimizer's, are left alone), or a whole
 * model. Refuses a checkpoint without any.
 */
export function findStateDict(root: PickleValue, place: Place): StateDict {
  const dict = dictOf(root);
  for (const key of dict ? usual : []) {
    const value = dict!.get(key);
    const tensors = value === undefined ? undefined : tensorsIn(value, place);
    if (tensors && tensors.size > 0) return { under: key, tensors };
  }
  const tensors = tensorsIn(root, place);
  if (tensors.size === 0) throw place.broken('it holds no tensor');
  return { under: undefined, tensors };
}

/** Every tensor below `root` under its names joined by dots, as a module's state dict has them. */
function tensorsIn(root: PickleValue, place: Place): Map<string, Tensor | NumpyArray> {
  const tensors = new Map<string, Tensor | NumpyArray>();
  const seen = new Set<PickleValue>();
  // Not by recursion: how deep it goes, the file decides.
  const open: { readonly value: PickleValue; readonly name: string; readonly depth: number }[] = [{ value: root, name: '', depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, name, depth } = next;
    if (value instanceof Tensor || (value instanceof NumpyArray && value.isFilled)) {
      const own = name || 'tensor';
      if (tensors.has(own)) throw place.broken(`it has two tensors called ${quoted(own)}`);
      tensors.set(own, value);
      continue;
    }
    const below = childrenOf(value);
    if (below.length === 0 || seen.has(value)) continue;
    if (depth === deepestTensor) throw place.broken(`its dicts lie more than ${deepestTensor} deep in each other`);
    seen.add(value);
    // The last is taken first.
    for (const [key, child] of below.reverse())
      open.push({ value: child, name: name && key ? `${name}.${key}` : name || key, depth: depth + 1 });
  }
  return tensors;
}

function childrenOf(value: PickleValue): [string, PickleValue][] {
  if (value instanceof Opaque) return modulesOf(value);
  const dict = dictOf(value);
  if (dict) return [...dict.entries].filter(([, child]) => typeof child === 'object').map(([key, child]) => [keyText(key), child]);
  const items = Array.isArray(value) ? (value as readonly PickleValue[]) : value instanceof Tuple ? value.items : [];
  return items.flatMap((child, index): [string, PickleValue][] =>
    typeof child === 'object' && child !== null ? [[String(index), child]] : [],
  );
}

/** A module that was pickled whole keeps its numbers and the modules in it in three dicts of its own. */
function modulesOf(value: Opaque): [string, PickleValue][] {
  const state = value.state instanceof Dict ? value.state : undefined;
  const own = ['_parameters', '_buffers', '_modules'].flatMap((name) => {
    const dict = dictOf(state?.get(name));
    return dict ? [...dict.entries].map(([key, child]): [string, PickleValue] => [keyText(key), child]) : [];
  });
  return [...own, ...[...value.items.entries].map(([key, child]): [string, PickleValue] => [keyText(key), child])];
}

function keyText(key: PickleValue): string {
  if (typeof key === 'string') return key;
  if (typeof key === 'number' || typeof key === 'bigint' || typeof key === 'boolean') return String(key);
  if (key instanceof ByteString) return Buffer.from(key.bytes().subarray(0, 200)).toString('latin1');
  return key instanceof Known ? key.type : 'key';
}
