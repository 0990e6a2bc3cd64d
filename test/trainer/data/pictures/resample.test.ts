import fc from 'fast-check';
import t from 'tap';
import { resample } from '../../../../src/trainer/data/pictures/resample.js';

const side = fc.integer({ min: 1, max: 40 });

t.test('a picture scaled to its own size is itself, flips exchange its sides', async (t) => {
  const pixels = Uint8Array.from({ length: 5 * 4 * 3 }, (_, i) => (i * 37) % 256);
  const window = { left: 0, top: 0, width: 5, height: 4 };
  const scaled = (flipX: boolean, flipY: boolean) =>
    resample({ width: 5, height: 4, pixels }, { window, width: 5, height: 4, flipX, flipY });
  t.same(scaled(false, false), pixels);
  const at = (from: Uint8Array, x: number, y: number) => [...from.subarray((y * 5 + x) * 3, (y * 5 + x) * 3 + 3)];
  t.same(at(scaled(true, false), 1, 2), at(pixels, 3, 2));
  t.same(at(scaled(false, true), 1, 2), at(pixels, 1, 1));
});

t.test('one colour stays that colour, whatever the sizes and the window', async (t) => {
  fc.assert(
    fc.property(
      side,
      side,
      side,
      side,
      fc.nat(255),
      fc.double({ min: 0.1, max: 1, noNaN: true }),
      fc.boolean(),
      (w, h, width, height, grey, part, flip) => {
        const window = { left: w * (1 - part) * 0.7, top: h * (1 - part), width: w * part, height: h * part };
        const scaled = resample(
          { width: w, height: h, pixels: new Uint8Array(w * h * 3).fill(grey) },
          { window, width, height, flipX: flip, flipY: flip },
        );
        t.equal(scaled.length, width * height * 3);
        t.ok(scaled.every((value) => value === grey));
      },
    ),
    { numRuns: 60 },
  );
});

t.test('a bright rectangle comes out where arithmetic puts it, larger or smaller, to a tenth of a pixel', async (t) => {
  const [w, h] = [200, 60];
  const [x1, x2] = [40, 130];
  const pixels = new Uint8Array(w * h * 3);
  for (let y = 0; y < h; y++) pixels.fill(255, (y * w + x1) * 3, (y * w + x2) * 3);
  for (const [left, span, width, flipX] of [
    [0, 200, 90, false],
    [0, 200, 200, false],
    [0, 200, 333, false],
    [12.25, 160.5, 97, true],
    [30.75, 120, 301, false],
  ] as const) {
    const row = resample(
      { width: w, height: h, pixels },
      { window: { left, top: 0, width: span, height: h }, width, height: h, flipX, flipY: false },
    ).subarray(30 * width * 3, 31 * width * 3);
    let [light, moment] = [0, 0];
    for (let x = 0; x < width; x++) {
      light += row[3 * x]! / 255;
      moment += (row[3 * x]! / 255) * (x + 0.5);
    }
    const edges = [x1, x2].map((x) => (flipX ? 1 - (x - left) / span : (x - left) / span) * width).sort((a, b) => a - b) as [
      number,
      number,
    ];
    t.ok(Math.abs(light - (edges[1] - edges[0])) < 0.1, `width ${light} for ${edges[1] - edges[0]}`);
    t.ok(Math.abs(moment / light - (edges[0] + edges[1]) / 2) < 0.1, `centre ${moment / light} for ${(edges[0] + edges[1]) / 2}`);
  }
});
