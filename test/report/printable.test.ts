import fc from 'fast-check';
import t from 'tap';
import { printable } from '../../src/report/printable.js';

t.test('what a terminal would obey is shown, not obeyed', async (t) => {
  t.equal(printable('a\u001b]0;title\u0007b'), 'a\\x1b]0;title\\x07b');
  t.equal(printable('a\u009b31m\u0000\u007f'), 'a\\x9b31m\\x00\\x7f');
  t.equal(printable('abc\u202etxt.exe'), 'abc\\u202etxt.exe');
  t.equal(printable('grün\tzwei\nZeilen …'), 'grün\tzwei\nZeilen …');
});

t.test('nothing that controls is left of any text, and nothing else is touched', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => !/(?![\n\t])\p{Cc}/u.test(printable(text))),
    { numRuns: 300 },
  );
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'aZ09 .-_/äß€…\n\t') }), (text) => printable(text) === text));
});
