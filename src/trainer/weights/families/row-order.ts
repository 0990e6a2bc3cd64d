import type { RowPick } from '../layout.js';
import type { Family } from './family.js';
import type { Target } from './ours.js';

const same = (row: number): RowPick => ({ row, times: 1 });
const zeros: RowPick = { row: -1, times: 1 };
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Scores of K classes and background: background goes where ours has it. */
export function classOrder(rows: number, from: Family['background'], to: Target['background']): readonly RowPick[] {
  const order = range(rows);
  if (from === 'last' && to === 'first') order.unshift(order.pop()!);
  if (from === 'first' && to === 'last') order.push(order.shift()!);
  return order.map(same);
}

/** Scores of masks: background, which has none with us, goes. One row is a mask for every class. */
export function maskOrder(rows: number, from: Family['background']): readonly RowPick[] {
  return from === 'first' && rows > 1 ? range(rows - 1).map((row) => same(row + 1)) : range(rows).map(same);
}

export interface BoxRows {
  /** Of the deltas, and of the class scores beside them. */
  readonly deltas: number;
  readonly scores: number;
  /** What the weights' targets were divided by, and ours are. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly background: Target['background'];
  /** Rows that our model has; it decides where a single class could be read either way. */
  readonly wanted: number | undefined;
}

/**
 * Deltas of a region's box: four for all classes, or four for each, with or without a box for background (which comes first). A delta is a
 * distance in units of its deviation, so other deviations change the units.
 */
export function boxOrder({ deltas, scores, from, to, background, wanted }: BoxRows): readonly RowPick[] {
  const times = from.map((deviation, i) => deviation / to[i]!);
  const pick = (row: number): RowPick => ({ row, times: times[row % 4]! });
  const rows = range(deltas).map(pick);
  const withBackground = deltas === 4 * scores;
  const perClass = withBackground || (deltas === 4 * (scores - 1) && (deltas > 4 || wanted === 8));
  if (!perClass || withBackground === (background === 'first')) return rows;
  return withBackground ? rows.slice(4) : [zeros, zeros, zeros, zeros, ...rows];
}

/**
 * Objectness [A] and deltas [4A] of the anchors of a cell, side by side for each anchor as one convolution of ours has them: 5A rows of the two joined. With several
 * sizes and ratios ours count all ratios of a size first.
 */
export function anchorOrder(anchors: number, order: Family['anchors'], shape: Target['anchors']): readonly RowPick[] {
  const several = shape && shape.sizes * shape.ratios === anchors && order === 'ratio by ratio';
  return range(anchors).flatMap((ours) => {
    const theirs = several ? (ours % shape.ratios) * shape.sizes + Math.floor(ours / shape.ratios) : ours;
    return [theirs, ...range(4).map((k) => anchors + 4 * theirs + k)].map(same);
  });
}
