import type { Field, VocObject } from './annotation.js';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** x1 y1 x2 y2, 0-based, exclusive ends, inside the picture; or what is wrong with the object and on which line. */
export type JudgedBox =
  | { readonly box: readonly [number, number, number, number]; readonly complaint?: LineComplaint }
  | { readonly box?: undefined; readonly complaint: LineComplaint };
export interface LineComplaint {
  readonly line: number;
  readonly what: string;
}

const sides = ['xmin', 'ymin', 'xmax', 'ymax'] as const;

/**
 * The one place where VOC's coordinates (1-based, both ends inclusive) become ours: `x1 = xmin - 1`, `x2 = xmax`.
 * A box that reaches out of the picture is clipped, with a complaint where it is more than the one pixel by which
 * 0-based annotations differ; one without area, or wholly outside, is left out.
 */
export function boxOf(object: VocObject, { width, height }: PictureSize): JudgedBox {
  const numbers: number[] = [];
  for (const side of sides) {
    const field = object[side];
    if (!field) return left(object.line, `no \`${side}\``);
    const value = numberOf(field);
    if (value === undefined) return left(field.line, `\`${side}\` is ${field.text === '' ? 'empty' : `\`${field.text}\``}, not a number`);
    numbers.push(value);
  }
  const [xmin, ymin, xmax, ymax] = numbers as [number, number, number, number];
  const written = `xmin ${xmin} ymin ${ymin} xmax ${xmax} ymax ${ymax}`;
  if (xmin > xmax) return left(object.xmin!.line, `xmin is greater than xmax (${written})`);
  if (ymin > ymax) return left(object.ymin!.line, `ymin is greater than ymax (${written})`);
  if (xmin === xmax || ymin === ymax) return left(object.xmin!.line, `the box has no area (${written})`);

  const box = [clip(xmin - 1, width), clip(ymin - 1, height), clip(xmax, width), clip(ymax, height)] as const;
  const line = object.xmin!.line;
  if (box[0] >= box[2] || box[1] >= box[3]) return left(line, `the box lies outside the ${width}x${height} picture (${written})`);
  if (xmin < 0 || ymin < 0 || xmax > width + 1 || ymax > height + 1)
    return { box, complaint: { line, what: `the box reaches out of the ${width}x${height} picture and was clipped (${written})` } };
  return { box };
}

function left(line: number, what: string): JudgedBox {
  return { complaint: { line, what: `${what}; the object was left out` } };
}

/** Undefined where the text is no finite decimal number. */
export function numberOf({ text }: Field): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

function clip(value: number, most: number): number {
  return Math.min(Math.max(value, 0), most);
}
