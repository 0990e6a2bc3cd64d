import type { Random } from '../../random.js';

/** `count` of `items` without repetition, or all. */
export function draw(items: number[], count: number, random: Random): number[] {
  if (items.length <= count) return items;
  for (let i = 0; i < count; i++) {
    const j = i + random.integer(items.length - i);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items.slice(0, count);
}
