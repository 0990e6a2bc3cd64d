import fc from 'fast-check';
import t from 'tap';
import { editDistance, nearestMatch } from '../src/nearest-match.js';

t.test('the edit distance is a distance', async (t) => {
  t.equal(editDistance('nouveau', 'nouveua'), 2);
  t.equal(editDistance('', 'abc'), 3);
  const word = fc.string({ maxLength: 8 });
  fc.assert(
    fc.property(
      word,
      word,
      (one, other) => editDistance(one, other) === editDistance(other, one) && (editDistance(one, other) === 0) === (one === other),
    ),
  );
  fc.assert(fc.property(word, word, word, (a, b, c) => editDistance(a, c) <= editDistance(a, b) + editDistance(b, c)));
});

t.test('a slip of the finger finds its word, something else finds none', async (t) => {
  t.equal(nearestMatch('wsam', ['tensorflow', 'wasm']), 'wasm');
  t.equal(nearestMatch('kernel/noveau', ['kernel/nouveau-loaded', 'driver/dkms']), undefined);
  t.equal(nearestMatch('completely different', ['wasm']), undefined);
  t.equal(nearestMatch('wasm', []), undefined);
});
