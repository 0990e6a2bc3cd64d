import fc from 'fast-check';
import t from 'tap';
import { lineChart, short, ticks } from '../../src/report/line-chart.js';
import { html } from '../../src/report/markup.js';
import { trainingHtml } from '../../src/report/training-html.js';
import type { TrainingReport } from '../../src/report/training-report.js';
import { elementsOf } from './elements-of.js';

const nasty = `<script>alert("1")</script>&'`;
const report: TrainingReport = {
  title: `Faster R-CNN on ${nasty}`,
  subtitle: nasty,
  facts: [{ label: nasty, value: nasty }],
  split: nasty,
  summary: {
    pictures: 2,
    mAP50: 0.8312,
    mAP50Eleven: 0.8,
    mAP: 0.5,
    recall: 0.9,
    absent: [nasty],
    classes: [
      { name: nasty, objects: 1234, detections: 3, AP50: 0.8312, recall: 0.9, curve: [{ recall: 0.5, precision: 1, score: 0.9 }] },
      { name: 'none', objects: 0, detections: 0, AP50: undefined, recall: undefined, curve: [] },
    ],
  },
  iterations: Array.from({ length: 1000 }, (_, i) => ({
    iteration: i + 1,
    epoch: 0,
    loss: i === 17 ? Number.NaN : 3 / (i + 1),
    losses: { [nasty]: 1 / (i + 1) },
    learningRate: 1e-4,
    dataSeconds: 0.01,
    computeSeconds: 0.3,
    imagesPerSecond: 12,
  })),
  evaluations: [{ iteration: 500, epoch: 4, mAP50: 0.7, classes: { [nasty]: 0.7 } }],
  pictures: [{ source: 'pictures/a #1%.jpg', caption: nasty }],
  complaints: [`x.xml:3: ${nasty}`],
  commands: [{ what: nasty, command: nasty }],
};

t.test('no text of the data is markup, and nothing comes from elsewhere', async (t) => {
  const page = trainingHtml(report);
  const counts = elementsOf(page);
  t.notOk(counts.has('script'));
  t.notOk(page.includes('<script'));
  t.notMatch(page, /https?:|\bsrc="\/\/|@import|url\(/);
  t.equal(counts.get('img'), 1);
  t.match(page, 'src="pictures/a%20%231%25.jpg"');
  t.equal(counts.get('svg'), 5, 'four charts of training and one curve: a class without objects has none');
  t.match(page, /83\.1/);
  t.match(page, /1\u202f234/);
  t.notMatch(page, /NaN|undefined|\[object/);
  t.ok(page.length < 200_000, `${page.length} characters`);
});

t.test('a run that ended before anything was logged has a report too', async (t) => {
  const { summary, split, ...rest } = report;
  const page = trainingHtml({ ...rest, iterations: [], evaluations: [], pictures: [], complaints: [], commands: [], facts: [] });
  elementsOf(page);
  t.match(page, 'Training stopped before the detector was judged');
  t.match(page, 'nothing recorded');
  t.match(page, 'Nothing was wrong with the annotations');
  t.notMatch(page, /NaN|undefined/);
});

t.test('the template escapes values and lets markup pass', async (t) => {
  t.equal(html`<b>${'<&>'}${html`<i>${'"'}</i>`}${['a', 1, undefined]}</b>`.markup, '<b>&#60;&#38;&#62;<i>&#34;</i>a1</b>');
});

t.test('axes have round numbers inside their range', async (t) => {
  t.same(ticks([0, 1], 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  t.same(ticks([3, 47], 4), [20, 40]);
  fc.assert(
    fc.property(
      fc.double({ min: -1e3, max: 1e3, noNaN: true }),
      fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
      fc.integer({ min: 2, max: 10 }),
      (low, span, wanted) => {
        const marks = ticks([low, low + span], wanted);
        t.ok(marks.length <= wanted + 1 && marks.length >= Math.floor(wanted / 3));
        t.ok(marks.every((mark) => mark >= low - span * 1e-5 && mark <= low + span * (1 + 1e-5)));
      },
    ),
  );
  t.same([0, 0.0005, 0.00123, 0.000123, 0.1234, 12.345, 12345].map(short), [
    '0',
    '5e−4',
    '0.00123',
    '1.2e−4',
    '0.123',
    '12.3',
    '12\u202f345',
  ]);
});

t.test('a chart copes with one point, equal values and no finite ones', async (t) => {
  const chart = (points: readonly (readonly [number, number])[]) =>
    lineChart({ title: 'x', xLabel: 'x', series: [{ name: 'a', color: 'red', points }] }).markup;
  t.match(chart([[5, 2]]), /<circle/);
  t.notMatch(
    chart([[5, 0]]) +
      chart([
        [1, 3],
        [2, 3],
      ]),
    /NaN|Infinity/,
  );
  t.match(chart([[1, Number.NaN]]), 'nothing recorded');
  t.match(chart([]), 'nothing recorded');
});
