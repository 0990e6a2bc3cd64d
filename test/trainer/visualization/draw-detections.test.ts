import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import sharp from 'sharp';
import t from 'tap';
import { pictureRecord } from '../../../src/trainer/data/picture-record.js';
import { classColor, inkOn } from '../../../src/trainer/visualization/class-color.js';
import { detectionsSvg } from '../../../src/trainer/visualization/detections-svg.js';
import { drawDetections } from '../../../src/trainer/visualization/draw-detections.js';
import { measureText, textPath } from '../../../src/trainer/visualization/stroke-font.js';

const one = (box: readonly number[], score: number, label = 0) => ({
  boxes: { count: 1, xyxy: Float32Array.from(box) },
  labels: Int32Array.of(label),
  scores: Float32Array.of(score),
});

async function pixelsOf(path: string) {
  const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
  return {
    ...info,
    at: (x: number, y: number) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)] as [number, number, number],
  };
}

t.test('a box is drawn where it lies, in its class colour, with its name above', async (t) => {
  const directory = t.testdir();
  const imagePath = join(directory, 'in.png');
  await sharp({ create: { width: 640, height: 480, channels: 3, background: '#000' } })
    .png()
    .toFile(imagePath);
  const record = await pictureRecord(imagePath);
  t.match(record, { width: 640, height: 480, id: 'in.png' });
  const outPath = join(directory, 'out.jpg');
  const truth = { boxes: { count: 1, xyxy: Float32Array.of(300, 300, 400, 400) }, labels: Int32Array.of(0), difficult: Uint8Array.of(0) };
  await drawDetections({ record, detections: one([100, 100, 200, 180], 0.9, 1), truth, classes: ['a', 'b'], outPath });
  const { width, height, at } = await pixelsOf(outPath);
  t.same([width, height], [640, 480]);
  const red = Number.parseInt(classColor(1).slice(1, 3), 16);
  const blue = Number.parseInt(classColor(1).slice(5, 7), 16);
  t.ok(Math.abs(at(100, 140)[0] - red) < 40 && Math.abs(at(100, 140)[2] - blue) < 40, `left edge ${at(100, 140)}`);
  t.ok(Math.max(...at(150, 140)) < 20, 'nothing inside');
  t.ok(Math.max(...Array.from({ length: 10 }, (_, i) => at(100, 86 + i)[2])) > 100, 'a tag above it');
  const truthEdge = Array.from({ length: 20 }, (_, i) => Math.min(...at(300, 340 + i)));
  t.ok(Math.max(...truthEdge) > 150 && Math.min(...truthEdge) < 60, 'the truth is white and dashed');

  await drawDetections({ record, detections: one([100, 100, 200, 180], 0.4), classes: ['a'], outPath });
  t.ok(Math.max(...(await pixelsOf(outPath)).at(100, 140)) < 10, 'what scores too low is not drawn');
});

t.test('small pictures are enlarged and large ones shrunk, boxes with them', async (t) => {
  const directory = t.testdir();
  const outPath = join(directory, 'out.jpg');
  for (const [side, drawn] of [
    [96, 480],
    [2400, 1600],
  ] as const) {
    const imagePath = join(directory, `${side}.png`);
    await sharp({ create: { width: side, height: side / 2, channels: 3, background: '#000' } })
      .png()
      .toFile(imagePath);
    await drawDetections({
      record: await pictureRecord(imagePath),
      detections: one([side / 4, side / 8, side / 2, side / 3], 1),
      classes: ['x'],
      outPath,
    });
    const { width, at } = await pixelsOf(outPath);
    t.equal(width, drawn);
    t.ok(at(drawn / 4, Math.round(drawn / 4.5))[0] > 120, `${side}`);
  }
});

t.test('a turned photo is drawn upright', async (t) => {
  const imagePath = join(t.testdir(), 'turned.jpg');
  await sharp({ create: { width: 640, height: 480, channels: 3, background: '#444' } })
    .jpeg()
    .withMetadata({ orientation: 6 })
    .toFile(imagePath);
  const record = await pictureRecord(imagePath);
  t.match(record, { width: 480, height: 640 });
  const outPath = `${imagePath}.out.jpg`;
  await drawDetections({ record, detections: one([0, 0, 9, 9], 0), classes: [], outPath });
  t.match(await sharp(outPath).metadata(), { width: 480, height: 640 });
});

t.test('no name is markup, and none is lost', async (t) => {
  const names = ['<script>&"', 'Größe', '犬', '', 'a\u0000b'];
  for (const [label, name] of names.entries()) {
    const svg = detectionsSvg({
      detections: one([5, 5, 50, 50], 0.75, label),
      classes: names,
      leastScore: 0.5,
      width: 640,
      height: 480,
      scale: 1,
    });
    const parser = new SaxesParser();
    parser.on('error', (error) => t.fail(`${name}: ${error.message}`));
    parser.write(svg).close();
    t.match(svg, /<path d="M/, 'it is written in strokes');
  }
  t.not(textPath('a', { left: 0, top: 0, size: 6 }), textPath('b', { left: 0, top: 0, size: 6 }));
  t.equal(textPath('é', { left: 0, top: 0, size: 6 }), textPath('e', { left: 0, top: 0, size: 6 }));
  t.ok(measureText('wide', 8).width > measureText('w', 8).width);
  t.equal(measureText('', 8).width, 0);
});

t.test('every printable ASCII character has a glyph of its own', async (t) => {
  const printable = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));
  const paths = printable.map((letter) => textPath(letter, { left: 0, top: 0, size: 6 }));
  t.equal(new Set(paths).size, printable.length);
  t.notOk(paths.includes(textPath('犬', { left: 0, top: 0, size: 6 })), 'and is not the box of an unknown one');
});

t.test('class colours are colours, apart from each other', async (t) => {
  const colors = Array.from({ length: 40 }, (_, label) => classColor(label));
  t.ok(colors.every((color) => /^#[0-9a-f]{6}$/.test(color)));
  t.equal(new Set(colors).size, 40);
  t.equal(inkOn('#ffff00'), '#000000');
  t.equal(inkOn('#101080'), '#ffffff');
});

t.test('where it cannot write, it says so', async (t) => {
  const imagePath = join(t.testdir(), 'in.png');
  await sharp({ create: { width: 64, height: 48, channels: 3, background: '#000' } })
    .png()
    .toFile(imagePath);
  const drawing = drawDetections({
    record: await pictureRecord(imagePath),
    detections: one([0, 0, 9, 9], 1),
    classes: ['x'],
    outPath: '/proc/nowhere/x.jpg',
  });
  await t.rejects(drawing, { name: 'UserError', message: /Cannot write/ });
});
