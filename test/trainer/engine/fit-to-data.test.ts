import fc from 'fast-check';
import t from 'tap';
import { loadYaml } from '../../../src/trainer/config/load.js';
import { configSchema } from '../../../src/trainer/config/schema.js';
import type { Record } from '../../../src/trainer/contracts.js';
import { fitToData, pictureSizeOf } from '../../../src/trainer/engine/fit-to-data.js';

/** Pictures of 640x480, each with one square of every class; `sides` are the classes' sides in pixels. */
const squares = (sides: readonly number[], count = 20) => {
  const records = Array.from({ length: count }, (_, index): Record => {
    const xyxy = Float32Array.from(sides.flatMap((side) => [10, 10, 10 + side, 10 + side]));
    const truth = {
      boxes: { count: sides.length, xyxy },
      labels: Int32Array.from(sides.keys()),
      difficult: new Uint8Array(sides.length),
    };
    return { id: `${index}`, imagePath: '', annotationPath: '', width: 640, height: 480, truth };
  });
  return { records, classes: sides.map((_, label) => `class${label}`) };
};
const fitted = { shortSide: 288, longSide: 480, leastShortSide: 160, smallestObject: 24 };

t.test('pictures are as small as their smallest objects allow', async (t) => {
  const shortOf = (...sides: number[]) => pictureSizeOf(fitted, squares(sides)).shortSide;
  t.equal(shortOf(20), 288, 'small objects: no larger than the config says');
  t.equal(shortOf(400), 160, 'large objects: no smaller than the config says');
  t.equal(shortOf(60), 192, '24 of 60 pixels: two fifths of 480');
  t.equal(shortOf(400, 60), 192, 'the class with the smallest objects decides');
  t.same(pictureSizeOf(fitted, squares([60])), { shortSide: 192, longSide: 320 }, 'the long side shrinks alike');
  t.same(pictureSizeOf(fitted, { records: [], classes: ['none'] }), { shortSide: 288, longSide: 480 }, 'no object says nothing');
  t.same(
    pictureSizeOf({ shortSide: 300, longSide: 500 }, squares([400])),
    { shortSide: 300, longSide: 500 },
    'two numbers are taken as they are',
  );
});

t.test('for any objects the size is within its limits, and the smallest tenth is seen as asked where the limits allow it', async () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 2, max: 460, noNaN: true }), { minLength: 1, maxLength: 4 }), (sides) => {
      const { shortSide, longSide } = pictureSizeOf(fitted, squares(sides));
      const seen = (Math.min(...sides) * shortSide) / 480;
      return shortSide >= 160 && shortSide <= 288 && longSide >= shortSide && (shortSide === 288 || seen >= 24 - 1e-3);
    }),
  );
});

t.test('anchors are fitted to the objects as the chosen size shows them', async (t) => {
  const config = await loadYaml('configs/voc/faster_rcnn_compact.yaml', configSchema);
  const given = { ...config, data: { ...config.data, size: fitted } };
  const made = fitToData(given, squares([240]), 0);
  t.same(made.data.size, { shortSide: 160, longSide: 272 });
  const anchors = made.model.rpn.anchors as [number, number][];
  for (const [width, height] of anchors) t.same([width, height], [80, 80]);
  t.same(configSchema.parse(made), made, 'what was fitted is a config');
});
