import type { WeightsDescription } from '../trainer/weights/describe-weights.js';
import type { WeightsReport } from '../trainer/weights/load-weights.js';
import { printable } from './printable.js';

const shape = (sides: readonly number[]) => `[${sides.join(', ')}]`;

/** What is in a file of weights: what it is, then a line for each tensor and the parameter of ours that it becomes. */
export function weightsText({ path, formatTitle, bytes, family, about, classes, tensors }: WeightsDescription): string {
  const head = [
    `${path}: ${formatTitle}, ${megabytes(bytes)}, ${tensors.length} tensor${tensors.length === 1 ? '' : 's'}`,
    `  names   ${family ? `of ${family.title}${family.input === 'bgr' ? '; its pictures are BGR, not divided by a deviation' : ''}` : 'of no program that is known here'}`,
    ...Object.entries(about).map(([key, value]) => `  ${key.padEnd(7)} ${value}`),
    ...(classes ? [`  classes ${classes.length}: ${few(classes, 8, ', ')}`] : []),
  ];
  const rows = tensors.map(
    ({ name, dtype, shape: own, ours }) => [name, dtype, shape(own), ours ? `${ours.name} ${shape(ours.shape)}` : '-'] as const,
  );
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => `  ${row[0].padEnd(widths[0]!)}  ${row[1].padEnd(widths[1]!)}  ${row[2].padEnd(widths[2]!)}  ${row[3]}`);
  return printable([...head, '', ...lines].join('\n'));
}

const mostLines = 6;

/** What came of loading weights into a model, on one screen. */
export function loadedText({ path, family, taken, missing, leftOver, wrongShape, notes }: WeightsReport): string {
  const all = taken.length + missing.length + wrongShape.length;
  const lines = [
    `weights: ${path} (names of ${family}): ${taken.length} of the model's ${all} tensors taken`,
    ...section(
      'wrong shape, not taken',
      wrongShape.map(({ name, has, wants }) => `${name}: ${shape(has)} there, the model wants ${shape(wants)}`),
    ),
    ...section('not in the file', byLayer(missing)),
    ...section('left over', byLayer(leftOver)),
    ...notes.map((note) => `  note: ${note}`),
  ];
  return printable(lines.join('\n'));
}

function section(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length - mostLines;
  return [`  ${title}:`, ...items.slice(0, mostLines).map((item) => `    ${item}`), ...(more > 0 ? [`    and ${more} more`] : [])];
}

/** `head.fc1 (weight, bias)`: names of one layer in one line, and whole parts of a network in one where they are many. */
function byLayer(names: readonly string[]): string[] {
  if (names.length > 2 * mostLines) {
    const parts = new Map<string, number>();
    for (const name of names) parts.set(name.split('.')[0]!, (parts.get(name.split('.')[0]!) ?? 0) + 1);
    if (parts.size <= mostLines) return [...parts].map(([part, count]) => `${part}: ${count}`);
  }
  const layers = new Map<string, string[]>();
  for (const name of names) {
    const at = name.lastIndexOf('.');
    const layer = at < 0 ? name : name.slice(0, at);
    layers.set(layer, [...(layers.get(layer) ?? []), ...(at < 0 ? [] : [name.slice(at + 1)])]);
  }
  return [...layers].map(([layer, parts]) => (parts.length > 0 ? `${layer} (${parts.join(', ')})` : layer));
}

const few = (items: readonly string[], most: number, between: string) =>
  items.length > most ? `${items.slice(0, most).join(between)}${between}…` : items.join(between);

const megabytes = (bytes: number) => (bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
