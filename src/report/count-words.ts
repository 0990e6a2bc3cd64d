import type { Counts } from './doctor-document.js';

/** `1 blocker`, `2 warnings`; what there is none of is left out, but for blockers, warnings and notes. */
export function countWords(counts: Counts): readonly string[] {
  const { blocker, warning, note, clear, blocked, notApplicable, undetermined, crashed } = counts;
  const rest = [
    [blocked, 'blocked'],
    [undetermined, 'unknown'],
    [notApplicable, 'not applicable'],
    [crashed, 'crashed'],
  ] as const;
  return [
    several(blocker, 'blocker'),
    several(warning, 'warning'),
    several(note, 'note'),
    `${clear} ok`,
    ...rest.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`),
  ];
}

/** `1 package`, `2 packages` */
const several = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
