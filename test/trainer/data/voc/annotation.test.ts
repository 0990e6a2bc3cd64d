import fc from 'fast-check';
import t from 'tap';
import { UserError } from '../../../../src/errors.js';
import { parseAnnotation } from '../../../../src/trainer/data/voc/annotation.js';
import { annotationXml } from '../../../../src/trainer/data/voc/annotation-xml.js';
import { boxOf } from '../../../../src/trainer/data/voc/object-box.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const word = fc.string({ minLength: 1 }).filter((text) => text === text.trim() && text !== '' && !/[\p{Cc}\ufffe\uffff]/u.test(text));
const written = fc.record({
  folder: word,
  filename: word,
  width: fc.constant(400),
  height: fc.constant(300),
  objects: fc.array(
    fc.record({
      name: word,
      box: fc
        .tuple(fc.nat(390), fc.nat(290), fc.integer({ min: 2, max: 400 }), fc.integer({ min: 2, max: 300 }))
        .map(([x, y, w, h]) => [x, y, Math.min(400, x + w), Math.min(300, y + h)] as const),
      truncated: fc.boolean(),
      difficult: fc.boolean(),
    }),
    { maxLength: 5 },
  ),
});

t.test('what is written is read back', async (t) => {
  fc.assert(
    fc.property(written, (annotation) => {
      const read = parseAnnotation(bytes(annotationXml(annotation)), 'x.xml');
      t.equal(read.filename?.text, annotation.filename);
      t.same(
        read.objects.map((object) => ({
          name: object.name?.text,
          box: boxOf(object, annotation).box,
          difficult: object.difficult?.text === '1',
        })),
        annotation.objects.map(({ name, box, difficult }) => ({ name, box: [...box], difficult })),
      );
    }),
    { numRuns: 40 },
  );
});

t.test('a file cut off anywhere is a mistake in its file, or is whole', async (t) => {
  const whole = annotationXml({
    folder: 'f',
    filename: 'x.jpg',
    width: 400,
    height: 300,
    objects: [{ name: 'a & b', box: [1, 2, 30, 40], truncated: false, difficult: true }],
  });
  fc.assert(
    fc.property(fc.nat(whole.trimEnd().length - 1), (end) => {
      try {
        parseAnnotation(bytes(whole.slice(0, end)), 'dir/x.xml');
        t.fail(`taken whole, though cut off at ${end}`);
      } catch (error) {
        t.match(error, { name: 'UserError', message: /^`dir\/x\.xml:\d+` / });
      }
    }),
    { numRuns: 60 },
  );
});

t.test('whatever the bytes, the answer is an annotation or a mistake', async (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.string().map(bytes)), (given) => {
      try {
        parseAnnotation(given, 'x.xml');
      } catch (error) {
        t.type(error, UserError);
      }
    }),
  );
});
