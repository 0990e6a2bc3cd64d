const tile = 32;

/**
 * Transposes `[rows, channels, cells]` to `[cells, channels, rows]`: filters from OIHW to HWIO, matrices (one cell) from [O, I] to [I, O], and matrices behind a
 * flattened map from its C, H, W to our H, W, C. In tiles: one of the two sides jumps by thousands of numbers at every step.
 */
export function transposed(from: Float32Array, rows: number, channels: number, cells: number): Float32Array {
  const columns = channels * cells;
  const to = new Float32Array(rows * columns);
  const placeOf = new Int32Array(columns);
  for (let channel = 0, column = 0; channel < channels; channel++)
    for (let cell = 0; cell < cells; cell++) placeOf[column++] = (cell * channels + channel) * rows;
  for (let startRow = 0; startRow < rows; startRow += tile) {
    const endRow = Math.min(startRow + tile, rows);
    for (let startColumn = 0; startColumn < columns; startColumn += tile) {
      const endColumn = Math.min(startColumn + tile, columns);
      for (let column = startColumn; column < endColumn; column++) {
        const place = placeOf[column]!;
        for (let row = startRow; row < endRow; row++) to[place + row] = from[row * columns + column]!;
      }
    }
  }
  return to;
}

/** A row of the source, or zeros, and what it is multiplied by. */
export interface RowPick {
  /** -1: zeros. */
  readonly row: number;
  readonly times: number;
}

/** Rows of `from`, each of `length` numbers, in another order. */
export function picked(from: Float32Array, length: number, picks: readonly RowPick[]): Float32Array {
  const to = new Float32Array(picks.length * length);
  for (const [index, { row, times }] of picks.entries()) {
    if (row < 0) continue;
    const source = from.subarray(row * length, (row + 1) * length);
    if (times === 1) to.set(source, index * length);
    else for (let i = 0; i < length; i++) to[index * length + i] = source[i]! * times;
  }
  return to;
}

/** One after the other. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const to = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    to.set(part, at);
    at += part.length;
  }
  return to;
}

/** Filters [O, 3, H, W] for other pictures: BGR for RGB, and pixels that were (or were not) divided by their deviation. */
export function forPictures(
  filters: Float32Array,
  cells: number,
  { reverse, times }: { readonly reverse: boolean; readonly times: readonly number[] },
): Float32Array {
  const to = new Float32Array(filters.length);
  for (let at = 0; at < filters.length; at += 3 * cells) {
    for (let channel = 0; channel < 3; channel++) {
      const from = at + (reverse ? 2 - channel : channel) * cells;
      for (let cell = 0; cell < cells; cell++) to[at + channel * cells + cell] = filters[from + cell]! * times[channel]!;
    }
  }
  return to;
}
