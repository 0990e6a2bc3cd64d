import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { UserError } from '../../../src/errors.js';
import { openWeights } from '../../../src/trainer/weights/open-weights.js';
import { decodeSafetensors, encodeSafetensors } from '../../../src/trainer/weights/safetensors/encode.js';
import { writeSafetensors } from '../../../src/trainer/weights/safetensors/write-safetensors.js';
import { pythonWith, runOracle } from './python-oracle.js';

t.test('what is written is read again', async () => {
  const tensor = fc
    .array(fc.float({ noNaN: true }), { maxLength: 20 })
    .map((values) => ({ shape: [values.length], data: Float32Array.from(values) }));
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string({ minLength: 1 }).filter((s) => !s.startsWith('__')),
        tensor,
      ),
      fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.string()),
      (entries, metadata) => {
        const tensors = new Map(Object.entries(entries));
        const read = decodeSafetensors(encodeSafetensors({ tensors, metadata }), 'x');
        return (
          JSON.stringify(read.metadata) === JSON.stringify(metadata) &&
          read.tensors.size === tensors.size &&
          [...tensors].every(([name, { shape, data }]) => {
            const other = read.tensors.get(name)!;
            return other.shape.join() === shape.join() && other.data.every((value, i) => Object.is(value, data[i]));
          })
        );
      },
    ),
  );
});

t.test('a file cut off anywhere is refused by name', async (t) => {
  const whole = encodeSafetensors({
    tensors: new Map([['w', { shape: [2, 3], data: Float32Array.from([1, 2, 3, 4, 5, 6]) }]]),
    metadata: { a: 'b' },
  });
  for (let length = 0; length < whole.length; length++) {
    t.throws(() => decodeSafetensors(whole.subarray(0, length), 'weights.safetensors'), UserError, `${length} bytes`);
  }
  t.equal(decodeSafetensors(whole, 'x').tensors.size, 1);
});

t.test('the layout is the published one', async (t) => {
  const bytes = encodeSafetensors({ tensors: new Map([['w', { shape: [1], data: Float32Array.of(1) }]]), metadata: {} });
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  t.equal(length % 8, 0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  t.same(header.w, { dtype: 'F32', shape: [1], data_offsets: [0, 4] });
  t.same([...bytes.subarray(8 + length)], [0, 0, 0x80, 0x3f]);
});

const python = pythonWith('numpy');

t.test(
  'what others write after the format is read, and what is written here they read',
  { skip: python ? false : 'no Python with NumPy' },
  async (t) => {
    const folder = t.testdir({});
    const path = join(folder, 'theirs.safetensors');
    const written = JSON.parse(runOracle(python!, 'safetensors_format.py', 'write', path));
    const weights = openWeights(path);
    const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    const read = [...weights.tensors.values()].map((each) => ({
      name: each.name,
      dtype: each.dtype,
      shape: each.shape,
      sha256: digest(each.bytes()),
    }));
    t.equal(read.length, 38);
    t.same(read, written);
    t.same(weights.about, { format: 'pt' });
    await writeSafetensors(join(folder, 'ours.safetensors'), weights.tensors.values(), { a: 'ü' });
    const back = JSON.parse(runOracle(python!, 'safetensors_format.py', 'read', join(folder, 'ours.safetensors')));
    t.same(back.metadata, { a: 'ü' });
    const sorted = (list: readonly { readonly name: string }[]) => [...list].sort((a, b) => (a.name < b.name ? -1 : 1));
    t.same(sorted(back.tensors), sorted(written));
    weights.close();
    t.same(readdirSync(folder).sort(), ['ours.safetensors', 'theirs.safetensors'], 'no temporary file stays');
  },
);

t.test('a header that breaks a rule of the format', async (t) => {
  const w = (more: object = {}) => ({ dtype: 'F32', shape: [2], data_offsets: [0, 8], ...more });
  const file = (header: unknown, data = 8) => {
    const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    return Buffer.concat([length, text, Buffer.alloc(data)]);
  };
  t.equal(decodeSafetensors(file({ w: w() }), 'x').tensors.size, 1);
  const long = file({ w: w() });
  long.writeBigUInt64LE(100_000_001n);
  const cases: Readonly<Record<string, [Buffer, RegExp]>> = {
    'a header of more than 100 MB': [long, /its header claims 100000001 bytes; 100000000 are allowed/],
    'a header longer than the file': [file({ w: w() }).subarray(0, 20), /cut off in its header/],
    'no JSON': [file('{"w": '), /not JSON/],
    'no object': [file('[1]'), /not a JSON object/],
    'a space before': [file(` ${JSON.stringify({ w: w() })}`), /not a JSON object/],
    'no UTF-8': [Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff])]), /not UTF-8/],
    'a name twice': [file(`{"w":${JSON.stringify(w())},"\\u0077":${JSON.stringify(w())}}`), /has `w` twice/],
    'a key of a tensor twice': [file('{"w":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}'), /has `dtype` twice/],
    'tensors that overlap': [file({ a: w(), b: w({ data_offsets: [4, 12] }) }, 12), /`b` overlaps another tensor/],
    'a hole': [file({ a: w(), b: w({ data_offsets: [12, 20] }) }, 20), /4 bytes before `b` belong to no tensor/],
    'a hole at the start': [file({ a: w({ data_offsets: [4, 12] }) }, 12), /4 bytes before `a`/],
    'something behind': [file({ w: w() }, 9), /1 bytes at its end belong to no tensor/],
    'not enough': [file({ w: w() }, 7), /cut off: its tensors claim 8 bytes, there are 7/],
    'a shape that does not fit': [file({ w: w({ shape: [3] }) }), /`w` of shape \[3\] needs 12 bytes, its place has 8/],
    'a shape without end': [file({ w: w({ shape: [2 ** 52, 2 ** 52] }) }), /no sound shape/],
    'a negative side': [file({ w: w({ shape: [-2] }) }), /no sound shape/],
    'places that are none': [file({ w: w({ data_offsets: [0] }) }), /no sound shape and place/],
    'a kind that is none': [file({ w: w({ dtype: 'F4' }) }), /`w` is of the kind `F4`/],
    'a kind of JavaScript': [file({ w: w({ dtype: 'constructor' }) }), /of the kind `constructor`/],
    'metadata that is more than text': [file({ __metadata__: { a: 1 }, w: w() }), /more than names and texts/],
    'a tensor that is none': [file({ w: null }), /`w` is of the kind/],
  };
  const folder = t.testdir({});
  const path = join(folder, 'weights.safetensors');
  for (const [what, [bytes, message]] of Object.entries(cases)) {
    t.throws(() => decodeSafetensors(bytes, 'weights.safetensors'), { name: 'UserError', message }, what);
    if (bytes[8] !== 0x7b) continue;
    writeFileSync(path, bytes);
    t.throws(() => openWeights(path), { name: 'UserError', message }, `${what}, from a file`);
  }
});

t.test('a disk that refuses, and a tensor that cannot be read, leave nothing behind', async (t) => {
  const folder = t.testdir({ full: {} });
  const bytes = () => {
    throw new UserError('broken');
  };
  const tensor = { name: 'w', dtype: 'F32' as const, shape: [2], bytes };
  await t.rejects(writeSafetensors(join(folder, 'a'), [tensor], {}), /broken/);
  await t.rejects(writeSafetensors(join(folder, 'absent/a'), [tensor], {}), { name: 'UserError', message: /no such folder/ });
  const stopped = AbortSignal.abort();
  await t.rejects(writeSafetensors(join(folder, 'a'), [tensor], {}, stopped), { name: 'AbortError' });
  t.same(readdirSync(folder), ['full']);
});
