/** Compares dotted versions as numbers, part by part: 550.9 < 550.144 < 550.144.03. Letters after the numbers are ignored. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [numbersOf(one), numbersOf(other)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? -1) - (right[i] ?? -1);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

const numbersOf = (version: string): readonly number[] => (version.match(/^\D*([\d.]+)/)?.[1] ?? '').split('.').filter(Boolean).map(Number);
