import t from 'tap';
import { readConfig } from '../../../src/trainer/config/schema.js';
import { learningRate, scheduleFor } from '../../../src/trainer/engine/schedule.js';

const scheduleOf = async (...set: string[]) =>
  (await readConfig('configs/voc/faster_rcnn_compact.yaml', { set, shown: 'c' })).config.training.schedule;

t.test('a half cosine, unless told', async (t) => {
  const schedule = await scheduleOf('training.schedule={ peak: 2, warmUp: 0.1, final: 0.5 }');
  const rates = [0, 0.05, 0.1, 0.55, 1, 2].map((progress) => learningRate(schedule, progress).toFixed(4));
  t.same(rates, ['0.0200', '1.0000', '2.0000', '1.5000', '1.0000', '1.0000']);
});

t.test('steps, from a part of the peak', async (t) => {
  const schedule = await scheduleOf(
    'training.schedule={ _delete_: true, type: step, peak: 3, warmUp: 0.1, warmUpFrom: 0.5, steps: [0.6, 0.9] }',
  );
  const rates = [0.05, 0.1, 0.59, 0.6, 0.9, 1].map((progress) => learningRate(schedule, progress).toFixed(4));
  t.same(rates, ['2.2500', '3.0000', '3.0000', '0.3000', '0.0300', '0.0300']);
  await t.rejects(scheduleOf('training.schedule={ _delete_: true, type: step, peak: 3, warmUp: 0 }'), {
    message: /`training\.schedule\.steps`: is missing/,
  });
  await t.rejects(scheduleOf('training.schedule={ _delete_: true, type: stairs, peak: 3, warmUp: 0, final: 1 }'), {
    message: /`training\.schedule\.type`: `stairs`/,
  });
});

t.test('a peak for another batch is scaled, and said', async (t) => {
  const schedule = await scheduleOf('training.schedule={ peak: 0.02, peakForBatch: 16 }');
  const { schedule: scaled, remark } = scheduleFor(schedule, 2);
  t.equal(scaled.peak, 0.0025);
  t.match(remark, /peaks at 0\.0025: 0\.02 is for 16 pictures in a batch, this one has 2/);
  t.same(scheduleFor(schedule, 16), { schedule });
  const plain = await scheduleOf();
  t.same(scheduleFor(plain, 3), { schedule: plain });
});
