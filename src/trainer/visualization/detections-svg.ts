import type { Detections, Truth } from '../contracts.js';
import { classColor, inkOn } from './class-color.js';
import { measureText, textPath } from './stroke-font.js';

export interface Overlay {
  readonly detections: Detections;
  /** Drawn thin, white and dashed; difficult objects dotted. */
  readonly truth?: Truth;
  readonly classes: readonly string[];
  /** Boxes with a lower score are not drawn. */
  readonly leastScore: number;
  /** Of the drawing. */
  readonly width: number;
  readonly height: number;
  /** Drawing pixels per picture pixel. */
  readonly scale: number;
}

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Boxes, names and scores as an SVG of the picture's size. Letters are paths: it needs no font, and no name is markup. */
export function detectionsSvg({ detections, truth, classes, leastScore, width, height, scale }: Overlay): string {
  const unit = Math.max(1, Math.max(width, height) / 640);
  const shapes: string[] = [];
  if (truth) {
    for (let i = 0; i < truth.boxes.count; i++) {
      const box = rectangleOf(truth.boxes.xyxy, i, scale);
      const dash = truth.difficult[i] ? `${1.5 * unit} ${3 * unit}` : `${5 * unit} ${3 * unit}`;
      shapes.push(outline(box, `stroke="#000000" stroke-opacity="0.45" stroke-width="${2.6 * unit}"`));
      shapes.push(outline(box, `stroke="#ffffff" stroke-width="${1.2 * unit}" stroke-dasharray="${dash}"`));
    }
  }
  const shown = Array.from({ length: detections.boxes.count }, (_, i) => i).filter((i) => detections.scores[i]! >= leastScore);
  const boxes = shown.map((i) => ({ i, box: rectangleOf(detections.boxes.xyxy, i, scale), color: classColor(detections.labels[i]!) }));
  // The best lie on top.
  for (const { box, color } of boxes.toReversed()) {
    shapes.push(outline(box, `stroke="#000000" stroke-opacity="0.35" stroke-width="${3.4 * unit}"`));
    shapes.push(outline(box, `stroke="${color}" stroke-width="${2 * unit}"`));
  }
  const taken: Rectangle[] = [];
  const tags = boxes.map(({ i, box, color }) => {
    const name = classes[detections.labels[i]!] ?? `class ${detections.labels[i]}`;
    return tag(`${name} ${detections.scores[i]!.toFixed(2)}`, { box, color, unit, width, height, taken });
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" fill="none" stroke-linejoin="round">${shapes.join('')}${tags.toReversed().join('')}</svg>`;
}

/** A name on its colour: above the box, else inside it, else below, where it hides no other; shifted into the picture. */
function tag(
  text: string,
  place: {
    readonly box: Rectangle;
    readonly color: string;
    readonly unit: number;
    readonly width: number;
    readonly height: number;
    readonly taken: Rectangle[];
  },
): string {
  const { box, color, unit, taken } = place;
  const size = 8 * unit;
  const pad = 2.5 * unit;
  const measured = measureText(text, size);
  const width = measured.width + 2 * pad;
  const height = size * (4 / 3) + 2 * pad - unit;
  const x = Math.max(0, Math.min(box.x - unit, place.width - width));
  const spots = [box.y - height, box.y, box.y + box.height - height, box.y + box.height]
    .filter((y) => y >= 0 && y + height <= place.height)
    .map((y) => ({ x, y, width, height }));
  const spot = spots.find((one) => !taken.some((other) => meet(one, other))) ?? spots[0] ?? { x, y: 0, width, height };
  taken.push(spot);
  const d = textPath(text, { left: spot.x + pad, top: spot.y + pad, size });
  return (
    `<rect x="${fixed(spot.x)}" y="${fixed(spot.y)}" width="${fixed(width)}" height="${fixed(height)}" rx="${fixed(1.5 * unit)}" fill="${color}" fill-opacity="0.92"/>` +
    `<path d="${d}" stroke="${inkOn(color)}" stroke-width="${fixed(1.15 * unit)}" stroke-linecap="round"/>`
  );
}

function meet(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function outline({ x, y, width, height }: Rectangle, stroke: string): string {
  return `<rect x="${fixed(x)}" y="${fixed(y)}" width="${fixed(width)}" height="${fixed(height)}" ${stroke}/>`;
}

function rectangleOf(xyxy: Float32Array, i: number, scale: number): Rectangle {
  const [x1, y1, x2, y2] = [0, 1, 2, 3].map((side) => xyxy[4 * i + side]! * scale) as [number, number, number, number];
  return { x: x1, y: y1, width: Math.max(0, x2 - x1), height: Math.max(0, y2 - y1) };
}

function fixed(value: number): string {
  return String(Number(value.toFixed(2)));
}
