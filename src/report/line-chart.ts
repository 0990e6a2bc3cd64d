import { html, type Markup } from './markup.js';

export interface Series {
  readonly name: string;
  /** A CSS colour. */
  readonly color: string;
  /** Ascending x; points whose y is not finite are left out. */
  readonly points: readonly (readonly [number, number])[];
  /** Thick lines lie on top. */
  readonly thick?: boolean;
  readonly dots?: boolean;
  /** Tints what lies below the line. */
  readonly filled?: boolean;
}

export interface LineChart {
  readonly title: string;
  readonly series: readonly Series[];
  readonly xLabel: string;
  readonly yLabel?: string;
  readonly xRange?: readonly [number, number];
  readonly yRange?: readonly [number, number];
  readonly format?: (value: number) => string;
  /** For the axis, where `format` says too much. */
  readonly tick?: (value: number) => string;
  /** In CSS pixels at full width; 640 by 300 unless told. */
  readonly size?: readonly [number, number];
}

const margin = { left: 52, right: 14, top: 12, bottom: 40 } as const;
/** More points than this are averaged, more hover strips than that are merged. */
const mostPoints = 320;
const mostStrips = 90;

/** A figure with axes, grid, legend and, under the mouse, the values at that place. Inline SVG that needs no script. */
export function lineChart(chart: LineChart): Markup {
  const { title, xLabel, yLabel, size: [width, height] = [640, 300], format = short, tick = format } = chart;
  const series = chart.series.map((one) => ({
    ...one,
    points: thinned(one.points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y))),
  }));
  const points = series.flatMap((one) => one.points);
  if (points.length === 0)
    return html`<figure class="chart"><figcaption>${title}</figcaption><p class="none">nothing recorded</p></figure>`;

  const xs = chart.xRange ?? span(points.map(([x]) => x));
  const ys = chart.yRange ?? widened(span([0, ...points.map(([, y]) => y)]));
  const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom };
  const atX = (x: number) => margin.left + ((x - xs[0]) / (xs[1] - xs[0])) * inner.width;
  const atY = (y: number) => margin.top + inner.height - ((Math.min(Math.max(y, ys[0]), ys[1]) - ys[0]) / (ys[1] - ys[0])) * inner.height;
  const bottom = margin.top + inner.height;

  const grid = ticks(ys, inner.height / 45).map(
    (y) =>
      html`<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${px(atY(y))}" y2="${px(atY(y))}"/><text x="${margin.left - 8}" y="${px(atY(y) + 4)}" text-anchor="end">${tick(y)}</text>`,
  );
  const below = ticks(xs, inner.width / 80).map(
    (x) => html`<text x="${px(atX(x))}" y="${bottom + 17}" text-anchor="middle">${short(x)}</text>`,
  );
  const lines = series
    .toSorted((a, b) => Number(a.thick ?? false) - Number(b.thick ?? false))
    .filter((one) => one.points.length > 0)
    .map(({ points: own, color, thick, dots, filled }) => {
      const path = own.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${px(atX(x))} ${px(atY(y))}`).join('');
      const area = filled
        ? html`<path d="${path}L${px(atX(own.at(-1)![0]))} ${bottom}L${px(atX(own[0]![0]))} ${bottom}Z" fill="${color}" opacity=".13"/>`
        : undefined;
      const marks =
        dots || own.length === 1
          ? own.map(([x, y]) => html`<circle cx="${px(atX(x))}" cy="${px(atY(y))}" r="3" fill="${color}"/>`)
          : undefined;
      return html`${area}<path d="${path}" fill="none" stroke="${color}" stroke-width="${thick ? 2.4 : 1.4}" stroke-linejoin="round" stroke-linecap="round"/>${marks}`;
    });

  return html`<figure class="chart">
<figcaption>${title}${legend(series)}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
${grid}${below}
<line class="axis" x1="${margin.left}" x2="${width - margin.right}" y1="${bottom}" y2="${bottom}"/>
<text class="label" x="${margin.left + inner.width / 2}" y="${height - 5}" text-anchor="middle">${xLabel}</text>
${yLabel ? html`<text class="label" transform="translate(12 ${margin.top + inner.height / 2}) rotate(-90)" text-anchor="middle">${yLabel}</text>` : undefined}
${lines}
${strips(series, { xLabel, format, atX, top: margin.top, height: inner.height, left: margin.left, right: width - margin.right })}
</svg>
</figure>`;
}

function legend(series: readonly Series[]): Markup | undefined {
  if (series.length < 2) return undefined;
  return html`<span class="legend">${series.map(({ name, color }) => html`<span><i style="background:${color}"></i>${name}</span>`)}</span>`;
}

interface StripPlace {
  readonly xLabel: string;
  readonly format: (value: number) => string;
  readonly atX: (x: number) => number;
  readonly top: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
}

/** Upright strips that light up under the mouse and tell, as their title, what every series has there. */
function strips(series: readonly Series[], { xLabel, format, atX, top, height, left, right }: StripPlace): readonly Markup[] {
  const all = [...new Set(series.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b);
  const every = Math.ceil(all.length / mostStrips);
  const xs = all.filter((_, i) => i % every === 0 || i === all.length - 1);
  return xs.map((x, i) => {
    const from = i === 0 ? left : (atX(xs[i - 1]!) + atX(x)) / 2;
    const to = i === xs.length - 1 ? right : (atX(x) + atX(xs[i + 1]!)) / 2;
    const told = series.flatMap(({ name, points }) => {
      const near = nearest(points, x);
      return near ? [`${name}: ${format(near[1])}`] : [];
    });
    return html`<g class="strip"><rect x="${px(from)}" y="${top}" width="${px(Math.max(to - from, 0.5))}" height="${height}"/><line x1="${px(atX(x))}" x2="${px(atX(x))}" y1="${top}" y2="${top + height}"/><title>${[`${xLabel} ${short(x)}`, ...told].join('\n')}</title></g>`;
  });
}

function nearest(points: readonly (readonly [number, number])[], x: number): readonly [number, number] | undefined {
  let best: readonly [number, number] | undefined;
  for (const point of points) if (!best || Math.abs(point[0] - x) < Math.abs(best[0] - x)) best = point;
  return best;
}

/** Means of equal runs of points; the first and last stay as they are. */
function thinned(points: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const run = Math.ceil(points.length / mostPoints);
  if (run <= 1) return points;
  const means: (readonly [number, number])[] = [points[0]!];
  for (let i = 1; i < points.length - 1; i += run) {
    const group = points.slice(i, Math.min(i + run, points.length - 1));
    means.push([sum(group.map(([x]) => x)) / group.length, sum(group.map(([, y]) => y)) / group.length]);
  }
  return [...means, points.at(-1)!];
}

/** Round numbers inside a range, about `wanted` of them. */
export function ticks([low, high]: readonly [number, number], wanted: number): readonly number[] {
  const rough = (high - low) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999) ?? 10 * power;
  const count = Math.floor(high / step + 1e-6) - Math.ceil(low / step - 1e-6) + 1;
  const first = Math.ceil(low / step - 1e-6);
  return Array.from({ length: Math.max(0, count) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Four digits, thousands told apart, very small numbers as powers of ten. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 1e-3)
    return value
      .toExponential(Number.isInteger(Number((value * 10 ** -Math.floor(Math.log10(size))).toFixed(6))) ? 0 : 1)
      .replace('e-', 'e−');
  if (size >= 1000) return Math.round(value).toLocaleString('en-GB').replaceAll(',', '\u202f');
  return String(Number(value.toPrecision(3)));
}

function span(values: readonly number[]): [number, number] {
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}

function widened([low, high]: readonly [number, number]): [number, number] {
  return [low, high + 0.04 * (high - low)];
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

function px(value: number): number {
  return Number(value.toFixed(1));
}
