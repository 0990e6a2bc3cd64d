import fc from 'fast-check';
import t from 'tap';
import { UserError } from '../../../src/errors.js';
import { decodeSafetensors, encodeSafetensors } from '../../../src/trainer/weights/safetensors/encode.js';

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
