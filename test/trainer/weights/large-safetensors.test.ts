import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openWeights } from '../../../src/trainer/weights/open-weights.js';

t.test('tensors that lie beyond a hundred megabytes are found', async (t) => {
  const path = join(t.testdir(), 'large.safetensors');
  const bytes = 120_000_000;
  const entry = (index: number) => ({ dtype: 'F32', shape: [bytes / 4], data_offsets: [index * bytes, (index + 1) * bytes] });
  const header = Buffer.from(JSON.stringify({ first: entry(0), second: entry(1) }).padEnd(256));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = openSync(path, 'w');
  writeSync(file, Buffer.concat([length, header]));
  // Nothing but holes: the disk is spared.
  ftruncateSync(file, 8 + header.length + 2 * bytes);
  closeSync(file);
  const weights = openWeights(path);
  t.same(
    [...weights.tensors.values()].map(({ name, shape }) => [name, ...shape]),
    [
      ['first', bytes / 4],
      ['second', bytes / 4],
    ],
  );
  weights.close();
});
