import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { UserError } from '../../../src/errors.js';
import { openWeights } from '../../../src/trainer/weights/open-weights.js';
import { encodeSafetensors } from '../../../src/trainer/weights/safetensors/encode.js';
import { dictPickle, global, joined, pickle, tensor, text, tuple } from './pickle-of.js';
import { zipOf } from './zip-of.js';

// Thousands of small files, on a machine that may be busy.
t.setTimeout(120_000);
const folder = t.testdir({});
const floats = Buffer.from(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);
const dict = dictPickle({
  a: tensor({ count: 6, shape: [2, 3] }),
  b: tensor({ count: 6, shape: [3, 2], strides: [1, 3] }),
  c: joined(global('collections', 'OrderedDict'), ')R}', text('_metadata'), 'Ns', 'b'),
  d: joined(global('argparse', 'Namespace'), ')\x81}', text('x'), 'K\x01s', 'b'),
});
const array = joined(
  global('numpy.core.multiarray', '_reconstruct'),
  tuple(global('numpy', 'ndarray'), tuple('K\x00'), joined('C\x01b')),
  'R',
  tuple(
    'K\x01',
    tuple('K\x06'),
    joined(
      global('numpy', 'dtype'),
      tuple(text('f4'), '\x89\x88'),
      'R',
      tuple('K\x03', text('<'), 'NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00'),
      'b',
    ),
    '\x89',
    joined('C\x18', floats),
  ),
  'b',
);
const magic = joined('\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.');
const eight = Buffer.alloc(8);
eight.writeUInt8(6);
const sound: readonly Buffer[] = [
  zipOf([
    { name: 'x/data.pkl', content: dict },
    { name: 'x/data/0', content: floats },
  ]),
  zipOf(
    [
      { name: 'x/data.pkl', content: dict, deflated: true, wide: true },
      { name: 'x/data/0', content: floats, deflated: true },
    ],
    { wide: true },
  ),
  joined(magic, pickle('M\xe9\x03'), pickle('}', text('little_endian'), '\x88s'), dict, pickle(']', text('0'), 'a'), eight, floats),
  dictPickle({ w: array }),
  joined("(dp0\nS'w'\np1\n(lp2\nI01\naF1.5\naL12L\naVu\\u00e9\nasS'x'\n(I1\nI2\nts."),
  Buffer.from(encodeSafetensors({ tensors: new Map([['w', { shape: [2, 3], data: new Float32Array(6) }]]), metadata: { a: 'b' } })),
];

/** Whether bytes are read whole or refused as the user's; any other error is a bug of ours. */
function isReadOrRefused(bytes: Uint8Array): boolean {
  const path = join(folder, 'fuzzed');
  writeFileSync(path, bytes);
  try {
    const weights = openWeights(path);
    try {
      for (const each of weights.tensors.values()) each.bytes();
    } finally {
      weights.close();
    }
  } catch (error) {
    if (!(error instanceof UserError) || error.message.includes('\n')) throw error;
  }
  return true;
}

t.test('the files that are changed below are sound, but for one without a tensor', async (t) => {
  for (const [index, bytes] of sound.entries()) {
    const path = join(folder, 'sound');
    writeFileSync(path, bytes);
    if (index === 4) t.throws(() => openWeights(path), /it holds no tensor/);
    else {
      const weights = openWeights(path);
      t.ok(weights.tensors.size > 0);
      for (const each of weights.tensors.values()) t.equal(each.bytes().length, 24);
      weights.close();
    }
  }
});

t.test('any bytes, also behind how each format begins', async () => {
  const beginning = fc.constantFrom(
    '',
    'PK\x03\x04',
    '\x80\x02',
    '\x80\x04\x95',
    '}',
    '(',
    '(dp0\n',
    '\x02\x00\x00\x00\x00\x00\x00\x00{}',
    ']\x94',
  );
  const rest = fc.uint8Array({ maxLength: 400 });
  fc.assert(
    fc.property(beginning, rest, (start, bytes) => isReadOrRefused(Buffer.concat([Buffer.from(start, 'latin1'), bytes]))),
    { numRuns: 1200 },
  );
});

t.test('any pickle of opcodes that are ones', async () => {
  const opcodes = [...'(012FIJKMLGNPQSTUBCVXaeldtsu}])cRbiohjgpqr']
    .map((character) => character.charCodeAt(0))
    .concat(Array.from({ length: 24 }, (_, i) => 0x80 + i));
  const part = fc.oneof(
    fc.constantFrom(...opcodes).map((code) => Buffer.of(code)),
    fc.constantFrom(...opcodes).map((code) => Buffer.of(code, 1)),
    fc
      .constantFrom(
        'K\x01',
        'N',
        '}',
        ']',
        ')',
        '(',
        't',
        'q\x00',
        'h\x00',
        '\x94',
        text('w').toString('latin1'),
        'cargparse\nNamespace\n',
        'ccollections\nOrderedDict\n',
        ')R',
        ')\x81',
        'b',
      )
      .map((code) => Buffer.from(code, 'latin1')),
    fc.constantFrom(tensor({ count: 6, shape: [2, 3] }), array),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), (parts) => isReadOrRefused(pickle(...parts))),
    { numRuns: 1200 },
  );
});

t.test('any sound file of which bytes were changed, left out or put in', async () => {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    kind: fc.constantFrom('set', 'cut', 'insert', 'flip'),
    byte: fc.nat(255),
    length: fc.nat(8),
  });
  fc.assert(
    fc.property(fc.constantFrom(...sound), fc.array(change, { minLength: 1, maxLength: 6 }), (bytes, changes) => {
      let made = Buffer.from(bytes);
      for (const { at, kind, byte, length } of changes) {
        const index = Math.floor(at * (made.length - 1));
        if (kind === 'set') made[index] = byte;
        else if (kind === 'flip') made[index] = (made[index] ?? 0) ^ (1 << (byte & 7));
        else if (kind === 'cut') made = Buffer.concat([made.subarray(0, index), made.subarray(index + length)]);
        else made = Buffer.concat([made.subarray(0, index), Buffer.alloc(length, byte), made.subarray(index)]);
      }
      return isReadOrRefused(made);
    }),
    { numRuns: 2500 },
  );
});
