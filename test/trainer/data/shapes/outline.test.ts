import fc from 'fast-check';
import t from 'tap';
import { outlineOf, shapeNames } from '../../../../src/trainer/data/shapes/outline.js';

t.test('the distance is negative inside, positive outside the circle around, and a true distance', async (t) => {
  const point = fc.double({ min: -60, max: 60, noNaN: true });
  fc.assert(
    fc.property(fc.constantFrom(...shapeNames), fc.double({ min: 0, max: 7, noNaN: true }), point, point, (name, turn, x, y) => {
      const distance = outlineOf(name, { x: 5, y: -3, radius: 30, turn });
      t.ok(distance(5, -3) < -10, 'the middle lies inside');
      const away = Math.hypot(x - 5, y + 3);
      if (away > 30.001) t.ok(distance(x, y) > 0 && distance(x, y) >= away - 30 - 1e-9);
      t.ok(Math.abs(distance(x + 0.5, y) - distance(x, y)) <= 0.5 + 1e-9, 'it grows no faster than one walks');
    }),
  );
});
