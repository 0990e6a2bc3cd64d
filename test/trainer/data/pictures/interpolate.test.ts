import t from 'tap';
import { interpolate } from '../../../../src/trainer/data/pictures/interpolate.js';
import { flooredSize } from '../../../../src/trainer/data/pictures/resize.js';

const picture = { width: 4, height: 1, pixels: Uint8Array.from([0, 10, 20, 30].flatMap((value) => [value, 2 * value, 255])) };
const whole = { window: { left: 0, top: 0, width: 4, height: 1 }, flipX: false, flipY: false };
const reds = (pixels: Float32Array) => [...pixels].filter((_, i) => i % 3 === 0);

t.test('between the two nearest pixels, ends repeated; no wider where it shrinks', async (t) => {
  t.same(reds(interpolate(picture, { ...whole, width: 8, height: 1 })), [0, 2.5, 7.5, 12.5, 17.5, 22.5, 27.5, 30]);
  t.same(reds(interpolate(picture, { ...whole, width: 2, height: 1 })), [5, 25]);
  t.same(reds(interpolate(picture, { ...whole, width: 1, height: 2 })), [15, 15]);
  t.same(reds(interpolate(picture, { ...whole, flipX: true, width: 2, height: 1 })), [25, 5]);
  t.same([...interpolate(picture, { ...whole, width: 4, height: 1 })].slice(3, 6), [10, 20, 255]);
});

t.test("torchvision's sizes: the scale in single precision, sides rounded down", async (t) => {
  // What its transform made of these, min_size 800 and max_size 1333, torchvision 0.14.
  const size = (width: number, height: number) => Object.values(flooredSize({ width, height }, { shortSide: 800, longSide: 1333 }));
  t.same(size(640, 480), [1066, 800]);
  t.same(size(640, 427), [1199, 799]);
  t.same(size(500, 375), [1066, 799]);
  t.same(size(1000, 300), [1333, 399]);
});
