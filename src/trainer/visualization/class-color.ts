/** Told apart by most eyes, on light and dark pictures. */
const first = ['#ff5d5d', '#35b6ff', '#ffd23f', '#4ade80', '#c084fc', '#ff9f43', '#2dd4bf', '#f472b6', '#a3e635', '#93a8ff'];

/** The colour of a class, the same in every picture and chart: `#rrggbb`. */
export function classColor(label: number): string {
  if (label < first.length) return first[label]!;
  // Golden-angle steps never come back to a hue.
  const hue = (label * 137.508) % 360;
  const part = (n: number) => {
    const k = (n + hue / 30) % 12;
    return Math.round(255 * (0.6 - 0.36 * Math.max(-1, Math.min(k - 3, 9 - k, 1))))
      .toString(16)
      .padStart(2, '0');
  };
  return `#${part(0)}${part(8)}${part(4)}`;
}

/** Black or white, whichever reads better on `color`. */
export function inkOn(color: string): '#000000' | '#ffffff' {
  const [red, green, blue] = [1, 3, 5].map((i) => Number.parseInt(color.slice(i, i + 2), 16)) as [number, number, number];
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? '#000000' : '#ffffff';
}
