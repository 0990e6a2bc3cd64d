import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { dtypes } from '../../../src/trainer/weights/dtypes.js';
import { openWeights } from '../../../src/trainer/weights/open-weights.js';
import { noTorch, pythonWith, runOracle } from './python-oracle.js';

interface Written {
  readonly file: string;
  readonly tensors: readonly { readonly name: string; readonly kind: string; readonly shape: readonly number[]; readonly sha256: string }[];
}

const python = pythonWith('torch, numpy');

t.test('every checkpoint that PyTorch writes is read as PyTorch reads it, byte for byte', { skip: python ? false : noTorch }, async (t) => {
  const folder = t.testdir();
  runOracle(python!, 'checkpoints.py', folder);
  const written = JSON.parse(readFileSync(join(folder, 'checkpoints.json'), 'utf8')) as Written[];
  t.ok(written.length === 32, `${written.length} checkpoints`);
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
});
