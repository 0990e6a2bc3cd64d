import { readdirSync } from 'node:fs';
import t from 'tap';
import type { TorchKernel } from '../../../src/engines/torch/kernel.js';
import { torchKernels } from '../../../src/engines/torch/kernels/index.js';
import * as tf from '../../../src/tf.js';

const folder = new URL('../../../src/engines/torch/kernels/', import.meta.url);

const isKernel = (value: unknown): value is TorchKernel =>
  typeof value === 'object' && value !== null && 'kernelName' in value && 'run' in value;

const names = torchKernels.map(({ kernelName }) => kernelName).sort();

t.test('every kernel that a file of the folder exports is in the list, once', async (t) => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && file !== 'index.ts');
  const exported = await Promise.all(
    files.map(async (file) =>
      Object.values((await import(new URL(file, folder).href)) as object)
        .flat()
        .filter(isKernel),
    ),
  );
  t.same(
    names,
    exported
      .flat()
      .map(({ kernelName }) => kernelName)
      .sort(),
  );
  t.equal(new Set(names).size, names.length);
});

t.test("there is every kernel of TensorFlow.js' plain backend, but for a browser's canvas", async (t) => {
  const plain = tf.getKernelsForBackend('cpu').map(({ kernelName }) => kernelName);
  t.same(
    plain.filter((name) => !names.includes(name)),
    ['Draw'],
  );
});
