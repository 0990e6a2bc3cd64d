import t from 'tap';
import { VocEvaluator } from '../../../src/trainer/evaluation/voc-evaluator.js';
import { judged, type Scene } from './scenes.js';

function summarize(classes: readonly string[], scenes: readonly Scene[]) {
  const evaluator = new VocEvaluator(classes);
  for (const { truth, detections } of scenes.map(judged)) evaluator.add(truth, detections);
  return evaluator.summarize();
}

t.test('means run over the classes that the split has', async (t) => {
  const summary = summarize(
    ['cat', 'dog', 'bird', 'fish'],
    [
      {
        truth: [
          [0, 0, 10, 10, 0, 0],
          [20, 0, 30, 10, 1, 0],
          [40, 0, 50, 10, 3, 1],
        ],
        found: [
          [0, 0, 10, 10, 0, 0.9],
          [0, 0, 10, 10, 2, 0.8],
        ],
      },
      { truth: [[0, 0, 10, 10, 0, 0]], found: [[0, 0, 10, 8, 0, 0.7]] },
    ],
  );
  t.match(summary, { pictures: 2, mAP50: 0.5, recall: 0.5, absent: ['bird', 'fish'] });
  t.same(
    summary.classes.map(({ name, objects, detections, AP50, recall }) => ({ name, objects, detections, AP50, recall })),
    [
      { name: 'cat', objects: 2, detections: 2, AP50: 1, recall: 1 },
      { name: 'dog', objects: 1, detections: 0, AP50: 0, recall: 0 },
      { name: 'bird', objects: 0, detections: 1, AP50: undefined, recall: undefined },
      { name: 'fish', objects: 0, detections: 0, AP50: undefined, recall: undefined },
    ],
  );
  // The cat's second box overlaps 0.8: a hit at 0.5 to 0.8, seven of the ten, and half the objects at the rest.
  t.ok(Math.abs(summary.mAP - (0.7 * 1 + 0.3 * 0.5) / 2) < 1e-9, `${summary.mAP}`);
  t.same(summary.classes[0]!.curve, [
    { recall: 0.5, precision: 1, score: Math.fround(0.9) },
    { recall: 1, precision: 1, score: Math.fround(0.7) },
  ]);
  t.same(
    summary.metrics.map(({ name }) => name),
    ['mAP50', 'mAP50/11-point', 'mAP', 'recall50', 'AP50/cat', 'AP50/dog'],
  );
  t.ok(summary.metrics.every(({ better, value }) => better === 'higher' && value >= 0 && value <= 1));
});

t.test('a split with nothing to find scores nothing, and says so', async (t) => {
  t.match(summarize(['cat'], [{ truth: [], found: [[0, 0, 1, 1, 0, 1]] }]), { mAP50: 0, absent: ['cat'] });
});

t.test('a long curve is thinned, its ends kept', async (t) => {
  const truth = Array.from({ length: 900 }, (_, i) => [20 * i, 0, 20 * i + 10, 10, 0, 0] as const);
  const [result] = summarize(
    ['cat'],
    [{ truth, found: truth.map(([x1, y1, x2, y2], i) => [x1, y1, x2, y2, 0, 1 - i / 1000] as const) }],
  ).classes;
  t.equal(result!.curve.length, 200);
  t.equal(result!.curve[0]!.recall, 1 / 900);
  t.equal(result!.curve.at(-1)!.recall, 1);
});
