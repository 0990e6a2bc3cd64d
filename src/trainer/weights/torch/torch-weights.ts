import { mostBytesFrom } from '../bounds.js';
import { memoryBytes, type OpenFile } from '../bytes.js';
import { NumpyArray } from '../numpy.js';
import { Cursor } from '../pickle/cursor.js';
import { readPickle } from '../pickle/machine.js';
import { quoted, sizeWords } from '../place.js';
import { bytesOf, type StoredTensor } from '../stored-tensor.js';
import { readStrided } from '../strided.js';
import type { WeightsFile, WeightsFormat } from '../weights-file.js';
import { aboutCheckpoint } from './about.js';
import { torchLanguage } from './language.js';
import { legacyMagic, readLegacyCheckpoint } from './legacy-checkpoint.js';
import { findStateDict } from './state-dict.js';
import type { Tensor } from './values.js';
import { readZipCheckpoint, type TorchCheckpoint } from './zip-checkpoint.js';

/** A checkpoint of PyTorch of either format, or a pickle of arrays as Detectron2 publishes them. Every claim is checked; no number is read yet. */
export function torchWeights(file: OpenFile, zip: boolean): WeightsFile {
  const { format, checkpoint } = zip
    ? { format: 'pytorch-zip' as const, checkpoint: readZipCheckpoint(file.bytes, file.place) }
    : readPlainPickle(file);
  const { place } = file;
  const { under, tensors: found } = findStateDict(checkpoint.root, place);
  const tensors = new Map<string, StoredTensor>();
  let total = 0;
  for (const [name, value] of found) {
    const tensor = value instanceof NumpyArray ? arrayTensor(name, value, file) : viewTensor(name, value, checkpoint);
    total += bytesOf(tensor);
    if (total > mostBytesFrom(file.bytes.length))
      throw place.broken(
        `its tensors claim more than ${sizeWords(mostBytesFrom(file.bytes.length))}, ${quoted(name)} alone ${sizeWords(bytesOf(tensor))}, the file has ${sizeWords(file.bytes.length)}`,
      );
    tensors.set(name, tensor);
  }
  const { facts, classes, config } = aboutCheckpoint(checkpoint.root);
  const about = under === undefined ? facts : { ...facts, tensors: `under \`${under}\`` };
  return { path: place.path, format, size: file.bytes.length, tensors, about, classes, config, close: () => file.close() };
}

function readPlainPickle(file: OpenFile): { format: WeightsFormat; checkpoint: TorchCheckpoint } {
  const cursor = new Cursor(file.bytes, file.place);
  const root = readPickle(cursor, torchLanguage);
  if (root === legacyMagic) return { format: 'pytorch-legacy', checkpoint: readLegacyCheckpoint(cursor, file.place) };
  const nowhere: TorchCheckpoint['bytesOf'] = ({ key }) => {
    throw file.place.broken(`it is a pickle without the storage ${quoted(key)}, which its tensors lie in`);
  };
  return { format: 'pickle', checkpoint: { root, bigEndian: false, bytesOf: nowhere } };
}

function viewTensor(name: string, { storage, view }: Tensor, { bigEndian, bytesOf: storageBytes }: TorchCheckpoint): StoredTensor {
  const bytes = storageBytes(storage);
  return { name, dtype: view.dtype, shape: view.shape, bytes: () => readStrided(bytes, view, bigEndian) };
}

function arrayTensor(name: string, { view, data, bigEndian }: NumpyArray, { place }: OpenFile): StoredTensor {
  const { dtype, shape } = view!;
  return {
    name,
    dtype,
    shape,
    bytes() {
      const bytes = data!.bytes();
      const wanted = bytesOf({ dtype, shape });
      if (bytes.length !== wanted) throw place.broken(`the array ${quoted(name)} has ${bytes.length} bytes, it needs ${wanted}`);
      return readStrided(memoryBytes(bytes), view!, bigEndian);
    },
  };
}
