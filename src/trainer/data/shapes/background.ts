import type { Random } from '../../random.js';
import type { Size } from '../pictures/resize.js';

export type Color = readonly [number, number, number];

/** A textured ground, [height, width, 3] floats 0 to 255: two colours in a slow gradient, clouds of noise, a few strokes. */
export function drawBackground({ width, height }: Size, random: Random): Float32Array {
  const pixels = new Float32Array(width * height * 3);
  const from = randomColor(random);
  const to = from.map((part) => Math.min(255, Math.max(0, part + 110 * (random.next() - 0.5)))) as unknown as Color;
  const angle = 2 * Math.PI * random.next();
  const clouds = [noise(random, 3 + random.integer(3)), noise(random, 9 + random.integer(10))] as const;
  const strength = [30 * random.next() + 8, 22 * random.next() + 4] as const;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = x / width;
      const v = y / height;
      const share = 0.5 + 0.7 * ((u - 0.5) * Math.cos(angle) + (v - 0.5) * Math.sin(angle));
      const cloud = strength[0] * clouds[0](u, v) + strength[1] * clouds[1](u, v);
      for (let c = 0; c < 3; c++) pixels[(y * width + x) * 3 + c] = from[c]! + (to[c]! - from[c]!) * share + cloud;
    }
  }
  for (let i = random.integer(5); i > 0; i--) drawStroke(pixels, { width, height }, random);
  return pixels;
}

export function randomColor(random: Random): Color {
  return [40 + 190 * random.next(), 40 + 190 * random.next(), 40 + 190 * random.next()];
}

/** Smooth noise from -1 to 1 over the unit square: a grid of random values, `cells` across, blended with a smooth step. */
function noise(random: Random, cells: number): (u: number, v: number) => number {
  const grid = Float64Array.from({ length: (cells + 2) ** 2 }, () => 2 * random.next() - 1);
  const at = (i: number, j: number) => grid[j * (cells + 2) + i]!;
  const smooth = (t: number) => t * t * (3 - 2 * t);
  return (u, v) => {
    const i = Math.floor(u * cells);
    const j = Math.floor(v * cells);
    const s = smooth(u * cells - i);
    const t = smooth(v * cells - j);
    return (at(i, j) * (1 - s) + at(i + 1, j) * s) * (1 - t) + (at(i, j + 1) * (1 - s) + at(i + 1, j + 1) * s) * t;
  };
}

/** A straight line across the picture, which is no shape: clutter to tell shapes from. */
function drawStroke(pixels: Float32Array, { width, height }: Size, random: Random): void {
  const color = randomColor(random);
  const angle = Math.PI * random.next();
  const across = [Math.sin(angle), -Math.cos(angle)] as const;
  const offset = across[0] * width * random.next() + across[1] * height * random.next();
  const half = 0.6 + 1.6 * random.next();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cover = Math.min(Math.max(half + 0.5 - Math.abs(across[0] * (x + 0.5) + across[1] * (y + 0.5) - offset), 0), 1) * 0.6;
      if (cover > 0) blend(pixels, (y * width + x) * 3, color, cover);
    }
  }
}

export function blend(pixels: Float32Array, at: number, color: Color, cover: number): void {
  for (let c = 0; c < 3; c++) pixels[at + c]! += (color[c]! - pixels[at + c]!) * cover;
}
