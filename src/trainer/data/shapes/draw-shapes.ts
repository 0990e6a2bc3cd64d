import type { Random } from '../../random.js';
import type { Picture, Size } from '../pictures/resize.js';
import { blend, type Color, drawBackground, randomColor } from './background.js';
import { outlineOf, type ShapeName, type ShapePose, shapeNames } from './outline.js';

/** A shape as it can be seen. */
export interface DrawnShape {
  readonly name: ShapeName;
  /** Around its visible pixels: x1 y1 x2 y2, 0-based, exclusive ends. */
  readonly box: readonly [number, number, number, number];
  /** Cut off by the picture's edge. */
  readonly truncated: boolean;
  /** More than half hidden. */
  readonly difficult: boolean;
}

interface Planned extends ShapePose {
  readonly name: ShapeName;
}

/** Pixels of one shape: how many it covers, and how many of those no later shape hides. */
interface Cover {
  readonly total: number;
  readonly inside: number;
}

/** Draws a picture of some shapes on a textured ground; truth is taken from the pixels drawn. */
export function drawShapes(random: Random): { readonly picture: Picture; readonly shapes: readonly DrawnShape[] } {
  const size = pictureSize(random);
  const ground = drawBackground(size, random);
  const owner = new Int16Array(size.width * size.height).fill(-1);
  const planned = plan(size, random);
  const covers = planned.map((shape, index) => drawShape(ground, size, owner, shape, { index, random }));
  const pixels = new Uint8ClampedArray(ground.length);
  const grain = 3 + 7 * random.next();
  for (let i = 0; i < pixels.length; i += 3) {
    const speck = grain * (random.next() + random.next() - 1);
    for (let c = 0; c < 3; c++) pixels[i + c] = ground[i + c]! + speck;
  }
  return {
    picture: { ...size, pixels: new Uint8Array(pixels.buffer) },
    shapes: planned.flatMap(({ name }, index) => seen(name, { index, cover: covers[index]!, owner, size }) ?? []),
  };
}

function pictureSize(random: Random): Size {
  const long = 304 + 8 * random.integer(5);
  const short = 224 + 8 * random.integer(5);
  return random.next() < 0.8 ? { width: long, height: short } : { width: short, height: long };
}

/** One to five shapes, small ones as likely as large; a shape mostly on top of another is moved, or given up. */
function plan({ width, height }: Size, random: Random): readonly Planned[] {
  const planned: Planned[] = [];
  for (let count = 1 + random.integer(5); count > 0; count--) {
    const name = shapeNames[random.integer(shapeNames.length)]!;
    const radius = Math.exp(Math.log(14) + Math.log(70 / 14) * random.next());
    for (let attempt = 0; attempt < 8; attempt++) {
      const [x, y] = [width * random.next(), height * random.next()];
      const turn = 2 * Math.PI * random.next();
      // At most about a third of it beyond the edge.
      const reaches = Math.min(x, width - x, y, height - y) > 0.4 * radius;
      const free = planned.every(
        (other) => Math.hypot(other.x - x, other.y - y) > 0.8 * Math.max(other.radius, radius) + 0.2 * other.radius,
      );
      if (!reaches || !free) continue;
      planned.push({ name, x, y, radius, turn });
      break;
    }
  }
  return planned;
}

function drawShape(
  ground: Float32Array,
  { width, height }: Size,
  owner: Int16Array,
  shape: Planned,
  { index, random }: { readonly index: number; readonly random: Random },
): Cover {
  const distance = outlineOf(shape.name, shape);
  const fill = contrasting(
    ground,
    (Math.min(Math.max(Math.round(shape.y), 0), height - 1) * width + Math.min(Math.round(shape.x), width - 1)) * 3,
    random,
  );
  const edge = randomColor(random);
  const edgeWidth = random.next() < 0.4 ? 1 + 2 * random.next() : 0;
  const shade = 50 * (random.next() - 0.5);
  const stripes = random.next() < 0.25 ? { every: 5 + 6 * random.next(), by: 40 * random.next() } : undefined;
  let total = 0;
  let inside = 0;
  const reach = Math.ceil(shape.radius) + 1;
  for (let y = Math.floor(shape.y) - reach; y <= shape.y + reach; y++) {
    for (let x = Math.floor(shape.x) - reach; x <= shape.x + reach; x++) {
      const away = distance(x + 0.5, y + 0.5);
      // A pixel cut by the outline is covered in part: that is the anti-aliasing.
      const cover = Math.min(Math.max(0.5 - away, 0), 1);
      if (cover >= 0.5) total++;
      if (x < 0 || y < 0 || x >= width || y >= height || cover === 0) continue;
      const tint = shade * ((y - shape.y) / shape.radius) - (stripes && (x + y) % stripes.every < stripes.every / 2 ? stripes.by : 0);
      const color = away > -edgeWidth ? edge : (fill.map((part) => part + tint) as unknown as Color);
      blend(ground, (y * width + x) * 3, color, cover);
      if (cover < 0.5) continue;
      inside++;
      owner[y * width + x] = index;
    }
  }
  return { total, inside };
}

/** A colour that stands out from what lies below it. */
function contrasting(ground: Float32Array, at: number, random: Random): Color {
  for (;;) {
    const color = randomColor(random);
    if (Math.hypot(color[0] - ground[at]!, color[1] - ground[at + 1]!, color[2] - ground[at + 2]!) > 80) return color;
  }
}

function seen(
  name: ShapeName,
  { index, cover, owner, size }: { readonly index: number; readonly cover: Cover; readonly owner: Int16Array; readonly size: Size },
): DrawnShape | undefined {
  let [x1, y1, x2, y2] = [size.width, size.height, 0, 0];
  let visible = 0;
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      if (owner[y * size.width + x] !== index) continue;
      visible++;
      x1 = Math.min(x1, x);
      y1 = Math.min(y1, y);
      x2 = Math.max(x2, x + 1);
      y2 = Math.max(y2, y + 1);
    }
  }
  if (x2 - x1 < 2 || y2 - y1 < 2) return undefined;
  return { name, box: [x1, y1, x2, y2], truncated: cover.inside < cover.total, difficult: visible < 0.5 * cover.total };
}
