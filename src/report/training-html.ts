import type { ClassResult } from '../trainer/evaluation/voc-evaluator.js';
import { lineChart, short } from './line-chart.js';
import { html, type Markup } from './markup.js';
import { page } from './page.js';
import type { LoggedIteration, TrainingReport } from './training-report.js';
import { trainingStyle } from './training-style.js';

const palette = ['#2f8fe0', '#e0822f', '#12a87e', '#c05fe0', '#d9435f', '#8a9a1f', '#7f6bf0', '#1fa3b5', '#b0713a', '#6d7b8c'];

/** `report.html` whole: one file that asks for nothing from elsewhere, but the pictures that `report` names by path. */
export function trainingHtml(report: TrainingReport): string {
  const { title, subtitle, pictures } = report;
  return page({
    title,
    style: trainingStyle,
    body: html`<h1>${title}</h1>
${subtitle ? html`<p class="subtitle">${subtitle}</p>` : undefined}
${results(report)}
${facts(report)}
<h2>Training</h2>
${charts(report)}
${curves(report)}
${
  pictures.length > 0
    ? html`<h2>Pictures <small>coloured: found · white, dashed: annotated</small></h2>
<div class="gallery">${pictures.map(({ source, caption }) => html`<figure><img src="${addressOf(source)}" alt="${caption}" loading="lazy"><figcaption>${caption}</figcaption></figure>`)}</div>`
    : undefined
}
${complaints(report)}
${commands(report)}`,
  });
}

function results({ summary, split, classColors }: TrainingReport): Markup {
  if (!summary) return html`<div class="card" style="margin-top:26px">Training stopped before the detector was judged.</div>`;
  const { mAP50, mAP50Eleven, mAP, recall, pictures, classes, absent } = summary;
  const rows: readonly (readonly [string, string])[] = [
    ['11-point mAP (VOC 2007)', percent(mAP50Eleven)],
    ['mAP at IoU 0.50–0.95', percent(mAP)],
    ['recall at IoU 0.5', percent(recall)],
    ['pictures judged', short(pictures)],
  ];
  return html`<div class="top">
<section class="card score"><b>${percent(mAP50)}</b><span>mAP at IoU 0.5${split ? html` on <strong>${split}</strong>` : undefined}</span>
<dl>${rows.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl></section>
<section class="card"><div class="scroll"><table>
<thead><tr><th>class</th><th>objects</th><th>detections</th><th>recall</th><th style="text-align:left">AP at IoU 0.5</th></tr></thead>
<tbody>${classes.map((one, label) => classRow(one, colorOf(classColors, label)))}</tbody>
</table></div>
${absent.length > 0 ? html`<p class="note">Without objects in this split, and so in no mean: ${absent.join(', ')}</p>` : undefined}
</section>
</div>`;
}

function classRow({ name, objects, detections, AP50, recall }: ClassResult, color: string): Markup {
  const bar =
    AP50 === undefined
      ? html`<span class="note">no objects</span>`
      : html`<div class="bar"><div><i style="width:${(100 * AP50).toFixed(1)}%;background:${color}"></i></div><b>${percent(AP50)}</b></div>`;
  return html`<tr><td><span class="chip" style="background:${color}"></span>${name}</td><td>${short(objects)}</td><td>${short(detections)}</td><td>${recall === undefined ? '–' : percent(recall)}</td><td>${bar}</td></tr>`;
}

function facts({ facts: given }: TrainingReport): Markup | undefined {
  if (given.length === 0) return undefined;
  return html`<dl class="card facts">${given.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function charts({ iterations, evaluations, summary, classColors }: TrainingReport): Markup {
  const along = (value: (logged: LoggedIteration) => number | undefined) =>
    iterations.map((logged) => [logged.iteration, value(logged) ?? Number.NaN] as const);
  const whole = [0, Math.max(1, iterations.at(-1)?.iteration ?? 1, evaluations.at(-1)?.iteration ?? 1)] as const;
  const parts = [...new Set(iterations.flatMap(({ losses }) => Object.keys(losses)))];
  const classNames = [...new Set(evaluations.flatMap(({ classes }) => Object.keys(classes)))];
  const labelOf = (name: string, index: number) => {
    const label = summary?.classes.findIndex((one) => one.name === name) ?? -1;
    return label < 0 ? index : label;
  };
  return html`<div class="charts">
${lineChart({
  title: 'Loss',
  xLabel: 'iteration',
  xRange: whole,
  series: [
    { name: 'total', color: 'var(--ink)', thick: true, points: along(({ loss }) => loss) },
    ...parts.map((name, i) => ({ name, color: palette[i % palette.length]!, points: along(({ losses }) => losses[name]) })),
  ],
})}
${lineChart({
  title: 'mAP at IoU 0.5',
  xLabel: 'iteration',
  xRange: whole,
  yRange: [0, 1],
  format: percent,
  tick: (share) => `${Math.round(100 * share)}\u202f%`,
  series: [
    {
      name: 'mean',
      color: 'var(--accent)',
      thick: true,
      dots: true,
      points: evaluations.map(({ iteration, mAP50 }) => [iteration, mAP50] as const),
    },
    ...(classNames.length > 1 && classNames.length <= 8 ? classNames : []).map((name, i) => ({
      name,
      color: colorOf(classColors, labelOf(name, i)),
      points: evaluations.map(({ iteration, classes }) => [iteration, classes[name] ?? Number.NaN] as const),
    })),
  ],
})}
${lineChart({
  title: 'Learning rate',
  format: (rate) =>
    rate === 0
      ? '0'
      : rate
          .toExponential(rate < 1e-6 ? 1 : 2)
          .replace(/\.?0+e/, 'e')
          .replace('e-', 'e−'),
  xLabel: 'iteration',
  xRange: whole,
  series: [
    { name: 'learning rate', color: 'var(--accent2)', thick: true, filled: true, points: along(({ learningRate }) => learningRate) },
  ],
})}
${lineChart({
  title: `Time of an iteration${waiting(iterations)}`,
  xLabel: 'iteration',
  xRange: whole,
  yLabel: 'seconds',
  series: [
    { name: 'computing', color: 'var(--accent2)', filled: true, points: along(({ computeSeconds }) => computeSeconds) },
    { name: 'waiting for data', color: 'var(--warm)', thick: true, filled: true, points: along(({ dataSeconds }) => dataSeconds) },
  ],
})}
</div>${throughput(iterations)}`;
}

function waiting(iterations: readonly LoggedIteration[]): string {
  const data = iterations.reduce((sum, { dataSeconds }) => sum + dataSeconds, 0);
  const all = iterations.reduce((sum, { dataSeconds, computeSeconds }) => sum + dataSeconds + computeSeconds, 0);
  return all > 0 ? ` · ${percent(data / all)} waiting for data` : '';
}

function throughput(iterations: readonly LoggedIteration[]): Markup | undefined {
  if (iterations.length === 0) return undefined;
  const rates = iterations.map(({ imagesPerSecond }) => imagesPerSecond).sort((a, b) => a - b);
  return html`<p class="note">Trained on ${short(rates[Math.floor(rates.length / 2)]!)} images a second (median), ${short(rates.at(-1)!)} at best</p>`;
}

function curves({ summary, classColors }: TrainingReport): Markup | undefined {
  const drawn = summary?.classes.map((one, label) => ({ one, label })).filter(({ one }) => one.curve.length > 0) ?? [];
  if (drawn.length === 0) return undefined;
  return html`<h2>Precision and recall <small>at IoU 0.5</small></h2>
<div class="small">${drawn.map(({ one, label }) =>
    lineChart({
      title: `${one.name} · AP ${percent(one.AP50 ?? 0)}`,
      xLabel: 'recall',
      yLabel: 'precision',
      xRange: [0, 1],
      yRange: [0, 1],
      size: [340, 240],
      format: (value) => value.toFixed(2),
      series: [
        {
          name: 'precision',
          color: colorOf(classColors, label),
          thick: true,
          filled: true,
          points: one.curve.map(({ recall, precision }) => [recall, precision] as const),
        },
      ],
    }),
  )}</div>`;
}

function complaints({ complaints: given }: TrainingReport): Markup {
  if (given.length === 0) return html`<h2>Data</h2><div class="card">Nothing was wrong with the annotations.</div>`;
  return html`<h2>Data</h2><details class="card"${given.length <= 12 ? { markup: ' open' } : undefined}><summary>${short(given.length)} ${given.length === 1 ? 'thing was' : 'things were'} wrong with the annotations</summary><ul>${given.map((line) => html`<li><code>${line}</code></li>`)}</ul></details>`;
}

function commands({ commands: given }: TrainingReport): Markup | undefined {
  if (given.length === 0) return undefined;
  return html`<h2>Commands</h2><div class="card commands">${given.map(({ what, command }) => html`<div><span>${what}</span><pre>${command}</pre></div>`)}</div>`;
}

function colorOf(colors: readonly string[] | undefined, label: number): string {
  return colors?.[label] ?? palette[label % palette.length]!;
}

/** A path as an address: a picture's name may hold `#` or `%`. */
function addressOf(source: string): string {
  return source.startsWith('data:') ? source : source.split('/').map(encodeURIComponent).join('/');
}

/** 0.8312 as `83.1 %`. */
function percent(share: number): string {
  return `${(100 * share).toFixed(1)}\u202f%`;
}
