import fc from 'fast-check';
import t from 'tap';
import { randomOf } from '../../src/trainer/random.js';

t.test('the same seed and keys give the same stream, others another', async (t) => {
  const draw = (seed: number, ...keys: number[]) =>
    Array.from(
      { length: 8 },
      (
        (random) => () =>
          random.next()
      )(randomOf(seed, ...keys)),
    );
  t.same(draw(1, 2, 3), draw(1, 2, 3));
  t.notSame(draw(1, 2, 3), draw(1, 3, 2));
  t.notSame(draw(0), draw(1));
});

t.test('a restored stream goes on where it was saved', async (t) => {
  const random = randomOf(7);
  random.next();
  const saved = random.state();
  const ahead = [random.next(), random.normal(), random.integer(9)];
  random.restore(saved);
  t.same([random.next(), random.normal(), random.integer(9)], ahead);
});

t.test('a fork does not depend on what was drawn before', async (t) => {
  const one = randomOf(5);
  const other = randomOf(5);
  other.next();
  t.equal(one.fork(1).next(), other.fork(1).next());
});

t.test('shuffle permutes', async () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
      const shuffled = randomOf(seed).shuffle([...items]);
      return shuffled.sort((a, b) => a - b).join() === [...items].sort((a, b) => a - b).join();
    }),
  );
});

t.test('uniform draws have the mean and variance of a uniform distribution, normal ones of a normal', async (t) => {
  const random = randomOf(11);
  const n = 40_000;
  let [sum, squares, normals, normalSquares] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const u = random.next();
    const g = random.normal();
    sum += u;
    squares += u * u;
    normals += g;
    normalSquares += g * g;
  }
  t.ok(Math.abs(sum / n - 0.5) < 0.01);
  t.ok(Math.abs(squares / n - 1 / 3) < 0.01);
  t.ok(Math.abs(normals / n) < 0.03);
  t.ok(Math.abs(normalSquares / n - 1) < 0.04);
});
