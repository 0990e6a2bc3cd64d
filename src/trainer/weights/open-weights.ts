import { type OpenFile, openFile } from './bytes.js';
import { openSafetensors } from './safetensors/open-safetensors.js';
import { torchWeights } from './torch/torch-weights.js';
import type { WeightsFile } from './weights-file.js';

/**
 * Opens a file of weights by what is in it, whatever it is called: PyTorch's checkpoints, pickles of arrays, safetensors. Nothing of it is run, and
 * nothing that it claims is believed before it was held against the file. Throws a UserError of one line with file and place. Who opens closes.
 */
export function openWeights(path: string): WeightsFile {
  const file = openFile(path);
  try {
    return read(file);
  } catch (error) {
    file.close();
    throw error;
  }
}

function read(file: OpenFile): WeightsFile {
  const { bytes, place } = file;
  const head = Buffer.from(bytes.read(0, Math.min(bytes.length, 512)));
  const not = whyNoWeights(head);
  if (not) throw place.broken(not.why, not.hint === undefined ? {} : { hint: not.hint });
  if (head.length > 8 && head[8] === 0x7b && head.readUInt32LE(4) === 0) return openSafetensors(file);
  const start = head.toString('latin1', 0, 4);
  if (start === 'PK\x03\x04' || start === 'PK\x05\x06') return torchWeights(file, true);
  // Protocol 2 and later say so; before, a pickle begins with what it makes first.
  if (head[0] === 0x80 || /^[(}\]cdl]/.test(start)) return torchWeights(file, false);
  throw place.broken('it is neither a checkpoint of PyTorch, nor a pickle, nor safetensors');
}

interface Otherwise {
  readonly why: string;
  readonly hint?: string;
}

/** What people take for weights and what is none, by how it begins. */
function whyNoWeights(head: Buffer): Otherwise | undefined {
  const text = head.toString('latin1');
  if (head.length === 0) return { why: 'it is empty', hint: 'load or copy it once more' };
  if (text.startsWith('version https://git-lfs'))
    return { why: 'it is a pointer of Git LFS, not the file itself', hint: '`git lfs pull` brings the file' };
  if (/^\s*<(!doctype|html|\?xml)/i.test(text))
    return { why: 'it is a web page: what was to be loaded was not there', hint: 'look at it with a browser' };
  if (text.startsWith('\x1f\x8b')) return { why: 'it is packed with gzip', hint: 'unpack it first' };
  if (text.startsWith('\x89HDF')) return { why: 'it is HDF5, as Keras writes it, which is not read' };
  if (text.slice(257, 262) === 'ustar' || /^(sys_info|pickle|storages|tensors)\0/.test(text))
    return {
      why: 'it is a tar, the format of PyTorch before 0.1.10, which is not read',
      hint: 'load it with Python and save its `state_dict()` with a newer PyTorch',
    };
  return undefined;
}
