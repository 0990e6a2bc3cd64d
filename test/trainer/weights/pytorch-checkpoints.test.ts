import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { dtypes } from '../../../src/trainer/weights/dtypes.js';
import { openWeights } from '../../../src/trainer/weights/open-weights.js';
import { noTorch, pythonsWith, pythonWith, runOracle } from './python-oracle.js';

interface Written {
  readonly file: string;
  readonly tensors: readonly { readonly name: string; readonly kind: string; readonly shape: readonly number[]; readonly sha256: string }[];
}

const python = pythonWith('torch, numpy');

/** That every file that the list in `folder` names is read as Python read it. */
function asWritten(t: Test, folder: string, list: string, count: number): void {
  const written = JSON.parse(readFileSync(join(folder, list), 'utf8')) as Written[];
  t.equal(written.length, count);
  for (const { file, tensors } of written) {
    const weights = openWeights(join(folder, file));
    const read = [...weights.tensors.values()].map((tensor) => ({
      name: tensor.name,
      kind: dtypes[tensor.dtype].torch,
      shape: tensor.shape,
      sha256: createHash('sha256').update(tensor.bytes()).digest('hex'),
    }));
    t.same(read, tensors, file);
    weights.close();
  }
}

t.test('every checkpoint that PyTorch writes is read as PyTorch reads it, byte for byte', { skip: python ? false : noTorch }, async (t) => {
  const folder = t.testdir({});
  runOracle(python!, 'checkpoints.py', folder);
  asWritten(t, folder, 'checkpoints.json', 26);
});

const withArrays = pythonsWith('numpy');

t.test('arrays of every protocol, of NumPy 1 and 2', { skip: withArrays.length > 0 ? false : 'no Python with NumPy' }, async (t) => {
  for (const each of withArrays) {
    const folder = t.testdir({});
    runOracle(each, 'arrays.py', folder);
    asWritten(t, folder, 'arrays.json', 6);
  }
});
