import type { Random } from '../../random.js';
import type { Window } from './resample.js';
import type { Size } from './resize.js';
import type { Tone } from './tone.js';

/** What training may do to a picture; each left out does nothing. */
export interface Augment {
  /** Probability of exchanging left and right. */
  readonly flipX?: number;
  /** Probability of exchanging top and bottom. */
  readonly flipY?: number;
  /**
   * Least and greatest factor (log-uniform) on the picture's size inside a canvas that stays as large as without it: above
   * one a random part is cut out, below one the rest is filled with grey.
   */
  readonly scale?: readonly [number, number];
  /** Greatest factor (log-uniform) by which width and height grow apart; 1.1 makes at most 1.1 wider and 1.1 flatter. */
  readonly stretch?: number;
  /** How far brightness, contrast and saturation stray from 1, uniform: 0.2 is 0.8 to 1.2. */
  readonly brightness?: number;
  readonly contrast?: number;
  readonly saturation?: number;
  /** A box cut to less than this share of its area is left out; 0.3 unless told. */
  readonly leastVisible?: number;
}

/** Where which part of a picture goes on its canvas. */
export interface Placement {
  /** In the picture's pixels. */
  readonly window: Window;
  /** In whole pixels of the canvas. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly flipX: boolean;
  readonly flipY: boolean;
  readonly canvas: Size;
  readonly tone?: Tone;
}

/** All of the picture over all of the canvas. */
export function plainPlacement({ width, height }: Size, canvas: Size): Placement {
  return { window: { left: 0, top: 0, width, height }, left: 0, top: 0, ...canvas, flipX: false, flipY: false, canvas };
}

/** Draws a placement. Whatever the options, the same number of random numbers is drawn. */
export function randomPlacement(picture: Size, canvas: Size, random: Random, augment: Augment): Placement {
  const between = (low: number, high: number) => low + (high - low) * random.next();
  const logBetween = (low: number, high: number) => Math.exp(between(Math.log(low), Math.log(high)));
  const [least, most] = augment.scale ?? [1, 1];
  const factor = logBetween(least, most);
  const stretch = logBetween(1 / (augment.stretch ?? 1), augment.stretch ?? 1);
  const across = placeAxis(picture.width, canvas.width, factor * stretch, random);
  const down = placeAxis(picture.height, canvas.height, factor / stretch, random);
  const flipX = random.next() < (augment.flipX ?? 0);
  const flipY = random.next() < (augment.flipY ?? 0);
  const stray = (by = 0) => between(1 - by, 1 + by);
  const tone = { brightness: stray(augment.brightness), contrast: stray(augment.contrast), saturation: stray(augment.saturation) };
  const plain = tone.brightness === 1 && tone.contrast === 1 && tone.saturation === 1;
  return {
    window: { left: across.from, top: down.from, width: across.span, height: down.span },
    left: flipX ? canvas.width - across.at - across.size : across.at,
    top: flipY ? canvas.height - down.at - down.size : down.at,
    width: across.size,
    height: down.size,
    flipX,
    flipY,
    canvas,
    ...(plain ? {} : { tone }),
  };
}

/** One axis: which part of the picture, and where on the canvas. */
function placeAxis(picture: number, canvas: number, factor: number, random: Random) {
  const where = random.next();
  const scaled = canvas * factor;
  if (scaled >= canvas) {
    const span = picture / factor;
    return { from: (picture - span) * where, span, at: 0, size: canvas };
  }
  const size = Math.max(1, Math.round(scaled));
  return { from: 0, span: picture, at: Math.floor((canvas - size + 1) * where), size };
}
