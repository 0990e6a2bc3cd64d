import { readFileSync } from 'node:fs';
import t from 'tap';
import { parse } from 'yaml';
import { configSchema, type ResolvedConfig, type RunDescription, resolvedSchema } from '../../../src/trainer/config/schema.js';
import { type Asked, agree } from '../../../src/trainer/engine/agree.js';

const config = configSchema.parse(parse(readFileSync('configs/voc/faster_rcnn_compact.yaml', 'utf8')));

/** A run of the shipped config, with anchors fitted, as `config.yaml` keeps it. */
function started(budget: RunDescription['budget']): ResolvedConfig {
  const anchors: [number, number][] = [
    [10, 12],
    [40, 30],
  ];
  return resolvedSchema.parse({
    ...config,
    model: { ...config.model, rpn: { ...config.model.rpn, anchors } },
    run: {
      classes: ['cat'],
      data: { directory: '/data/one', trainSplit: 'train', valSplit: 'val' },
      classWeights: [1],
      seed: 3,
      engine: 'wasm',
      budget,
      madeBy: 'test',
    },
  });
}
const run = started({ maxMinutes: 5 });

t.test('what is the same is fine, and what is left out is as it was', async (t) => {
  t.same(agree(run, {}), run);
  const again: Asked = { config, dataDirectory: '/data/one/', trainSplit: 'train', valSplit: 'val', seed: 3, budget: { maxMinutes: 5 } };
  t.same(agree(run, again), run);
});

t.test('what differs is refused with the flag and both values', async (t) => {
  const cases: readonly (readonly [Asked, RegExp])[] = [
    [{ dataDirectory: '/data/two' }, /`--data \/data\/two`.*`--data \/data\/one`/],
    [{ trainSplit: 'trainval' }, /`--train-split trainval`.*`--train-split train`/],
    [{ valSplit: 'test' }, /`--val-split test`.*`--val-split val`/],
    [{ seed: 4 }, /`--seed 4`.*`--seed 3`/],
    [{ budget: { maxMinutes: 4 } }, /`--max-minutes 4`.*`--max-minutes 5`/],
    [{ budget: { epochs: 40 } }, /`--epochs 40`.*`--max-minutes 5`/],
    [{ config: { ...config, training: { ...config.training, clip: 1 } } }, /another `training`/],
    [{ config: { ...config, model: { ...config.model, rpn: { ...config.model.rpn, beta: 0.5 } } } }, /another `model`/],
  ];
  for (const [asked, message] of cases) t.throws(() => agree(run, asked), { name: 'UserError', exitCode: 2, message }, String(message));
});

t.test('a budget of the same kind may be larger', async (t) => {
  t.same(agree(run, { budget: { maxMinutes: 8 } }).run.budget, { maxMinutes: 8 });
  const epochs = started({ epochs: 10 });
  t.same(agree(epochs, { budget: { epochs: 12 } }).run, { ...epochs.run, budget: { epochs: 12 } });
  t.throws(() => agree(epochs, { budget: { epochs: 9 } }), { name: 'UserError' });
  t.throws(() => agree(epochs, { budget: { maxMinutes: 9 } }), { name: 'UserError' });
});
