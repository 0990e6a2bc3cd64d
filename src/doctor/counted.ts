/** `1 package`, `2 packages` */
export const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
