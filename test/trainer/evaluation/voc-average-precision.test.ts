import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import t from 'tap';
import { allPointAveragePrecision, elevenPointAveragePrecision } from '../../../src/trainer/evaluation/average-precision.js';
import { vocAveragePrecision } from '../../../src/trainer/evaluation/voc-average-precision.js';
import { type FoundRow, judged, type Scene, scenes, type TruthRow } from './scenes.js';

const close = (a: number | undefined, b: number | undefined) => (a === undefined || b === undefined ? a === b : Math.abs(a - b) < 1e-12);
const object = (x: number, difficult = 0): TruthRow => [x, 0, x + 10, 10, 0, difficult];
const found = (x: number, score: number, width = 10): FoundRow => [x, 0, x + width, 10, 0, score];

t.test('cases done by hand', async (t) => {
  const score = (scene: readonly Scene[], options = {}) => {
    const { allPoint, elevenPoint, matches } = vocAveragePrecision(scene.map(judged), 0, options);
    return { allPoint, elevenPoint, recall: [...matches.recall], precision: [...matches.precision] };
  };
  const perfect = score([{ truth: [object(0), object(20)], found: [found(0, 0.9), found(20, 0.8)] }]);
  t.same(perfect, { allPoint: 1, elevenPoint: 1, recall: [0.5, 1], precision: [1, 1] });

  // Right, wrong, right: the envelope is 1 up to half the objects, then two thirds.
  const mixed = score([{ truth: [object(0), object(20)], found: [found(0, 0.9), found(50, 0.8), found(20, 0.7)] }]);
  t.ok(close(mixed.allPoint, 0.5 + 0.5 * (2 / 3)));
  // Recall 0 to 0.5 are six of the eleven.
  t.ok(close(mixed.elevenPoint, (6 + 5 * (2 / 3)) / 11));

  const twice = score([{ truth: [object(0)], found: [found(0, 0.9), found(1, 0.8)] }]);
  t.same(twice.precision, [1, 0.5], 'the second hit on an object is wrong');
  const stolen = score([{ truth: [object(0), object(4)], found: [found(1, 0.9), found(1.5, 0.8)] }]);
  t.same(stolen.precision, [1, 0.5], 'a detection never takes its second-best object, though it would do');

  const hard = score([{ truth: [object(0, 1), object(20)], found: [found(0, 0.9), found(0, 0.8), found(20, 0.7)] }]);
  t.same(hard, { allPoint: 1, elevenPoint: 1, recall: [1], precision: [1] }, 'hits on a difficult object count for nothing');

  t.equal(score([{ truth: [object(0, 1)], found: [found(0, 0.9)] }]).allPoint, undefined, 'nothing to find');
  t.equal(score([{ truth: [object(0)], found: [] }]).allPoint, 0);
  t.same(
    score([
      { truth: [object(0)], found: [] },
      { truth: [], found: [found(0, 1)] },
    ]).precision,
    [0],
    'found in another picture',
  );

  // 10 by 10 and 5 by 10 share half: exactly 0.5.
  const half = [{ truth: [object(0)], found: [found(0, 0.9, 5)] }];
  t.equal(score(half).allPoint, 1);
  t.equal(score(half, { hit: 'above' }).allPoint, 0);
  // As the last pixels of inclusive boxes, 66 of 121.
  t.equal(score(half, { hit: 'above', ends: 'inclusive' }).allPoint, 1);

  const tie = (first: number, second: number) => score([{ truth: [object(0)], found: [found(first, 0.5), found(second, 0.5)] }]).precision;
  t.same(tie(0, 50), [1, 0.5], 'equal scores keep their order');
  t.same(tie(50, 0), [0, 0.5]);
});

t.test('the eleven points are steps of 0.1 in doubles', async (t) => {
  // Three of ten found: 3 / 10 is below 3 * 0.1.
  const recall = Float64Array.of(0.1, 0.2, 0.3);
  const precision = Float64Array.of(1, 1, 1);
  t.equal(elevenPointAveragePrecision({ recall, precision }), 3 / 11);
  t.equal(allPointAveragePrecision({ recall, precision }), 0.3);
});

t.test('perfect detections score 1, and none 0', async (t) => {
  fc.assert(
    fc.property(scenes, (given) => {
      const exact = given.map(({ truth }) => {
        const distinct = [...new Map(truth.map((row) => [row.slice(0, 5).join(), row])).values()];
        return judged({ truth: distinct, found: distinct.map(([x1, y1, x2, y2, label], i) => [x1, y1, x2, y2, label, 1 - i / 100]) });
      });
      const { allPoint, elevenPoint } = vocAveragePrecision(exact, 0, { iou: 0.95 });
      t.ok(allPoint === undefined || (close(allPoint, 1) && close(elevenPoint, 1)));
      const silent = exact.map(({ truth }) => ({ ...judged({ truth: [], found: [] }), truth }));
      t.ok([0, undefined].includes(vocAveragePrecision(silent, 0).allPoint));
    }),
  );
});

t.test('neither the order of pictures nor that of detections matters, and a stricter overlap never scores more', async (t) => {
  fc.assert(
    fc.property(scenes, fc.nat(), (given, turn) => {
      // Distinct scores, so that no tie is decided by order.
      let rank = 0;
      const ranked = given.map(({ truth, found }) => ({
        truth,
        found: found.map((row): FoundRow => [row[0], row[1], row[2], row[3], row[4], ((rank++ * 37) % 101) / 101]),
      }));
      const at = turn % ranked.length;
      const moved = [...ranked.slice(at), ...ranked.slice(0, at)].map(({ truth, found }) => ({ truth, found: found.toReversed() }));
      const scored = (of: readonly Scene[], iou: number) => vocAveragePrecision(of.map(judged), 0, { iou }).allPoint;
      t.ok(close(scored(ranked, 0.5), scored(moved, 0.5)));
      const easy = ranked.map(({ truth, found }) => ({ truth: truth.map(([a, b, c, d, l]): TruthRow => [a, b, c, d, l, 0]), found }));
      t.ok((scored(easy, 0.5) ?? 0) + 1e-12 >= (scored(easy, 0.75) ?? 0));
    }),
  );
});

const python = ['python3', '/usr/bin/python3'].find(
  (program) => spawnSync(program, ['-c', 'import numpy'], { timeout: 20_000 }).status === 0,
);
t.test('the same numbers as an oracle in numpy', { skip: python === undefined && 'there is no Python with numpy' }, async (t) => {
  const ask = (input: object) => {
    const ran = spawnSync(python!, [new URL('./voc_oracle.py', import.meta.url).pathname], {
      input: JSON.stringify(input),
      encoding: 'utf8',
      timeout: 60_000,
    });
    return JSON.parse(ran.stdout) as { allPoint: number; elevenPoint: number };
  };
  const samples = fc.sample(scenes, { numRuns: 12, seed: 5 });
  for (const [i, pictures] of samples.entries()) {
    const hit = i % 2 === 0 ? 'at-least' : 'above';
    const ends = i % 3 === 0 ? 'inclusive' : 'exclusive';
    const iou = i % 4 === 3 ? 0.3 : 0.5;
    const { allPoint, elevenPoint } = vocAveragePrecision(pictures.map(judged), 0, { hit, ends, iou });
    const oracle = ask({ pictures, label: 0, iou, hit, one: ends === 'inclusive' ? 1 : 0 });
    t.ok(
      close(allPoint ?? 0, oracle.allPoint) && close(elevenPoint ?? 0, oracle.elevenPoint),
      `${allPoint} and ${elevenPoint}, numpy ${JSON.stringify(oracle)}`,
    );
  }
});
