import fc from 'fast-check';
import t from 'tap';
import { wrapped } from '../../src/report/wrapped.js';

t.test('the words stay, in their order, and lines are as wide as they may', async () => {
  const word = fc.stringMatching(/^[a-z]{1,12}$/);
  fc.assert(
    fc.property(fc.array(word), fc.integer({ min: 14, max: 40 }), fc.nat(2), (words, width, deep) => {
      const indent = ' '.repeat(deep);
      const lines = wrapped(words.join(' '), { width, first: indent, indent }).split('\n');
      return lines.every((line) => line.length <= width) && lines.join(' ').split(/\s+/).filter(Boolean).join(' ') === words.join(' ');
    }),
  );
});

t.test('later lines are indented, long words stay whole', async (t) => {
  t.equal(wrapped('one two three', { width: 9, first: '- ', indent: '  ' }), '- one two\n  three');
  t.equal(wrapped('a /very/long/path/indeed b', { width: 8 }), 'a\n/very/long/path/indeed\nb');
  t.equal(wrapped('', { first: '- ' }), '- ');
});
