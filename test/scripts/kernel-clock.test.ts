import t from 'tap';
import * as tf from '../../src/tf.js';

/** A script without types of its own. */
interface Clock {
  start(): void;
  perStep(steps: number): { kernel: string; calls: number; ms: number }[];
}
const { KernelClock } = (await import(new URL('../../scripts/benchmarks/kernel-clock.mjs', import.meta.url).href)) as {
  KernelClock: new (engine: typeof tf, backendName: string) => Clock;
};

t.test('kernels are counted, each without the time of those that it calls', async (t) => {
  tf.env().set('PROD', true);
  await tf.setBackend('cpu');
  const wait = (ms: number) => {
    const until = performance.now() + ms;
    while (performance.now() < until);
  };
  tf.registerKernel({
    kernelName: 'Outer',
    backendName: 'cpu',
    kernelFunc({ inputs }) {
      const made = tf.engine().runKernel('Inner', inputs as tf.NamedTensorMap) as tf.TensorInfo;
      wait(5);
      return made;
    },
  });
  tf.registerKernel({
    kernelName: 'Inner',
    backendName: 'cpu',
    kernelFunc({ inputs }) {
      wait(40);
      return tf.clone(inputs.x as tf.Tensor);
    },
  });
  const clock = new KernelClock(tf, 'cpu');
  const x = tf.tensor1d([1, 2]);
  const run = () => tf.dispose(tf.engine().runKernel('Outer', { x }) as tf.Tensor);
  run();
  clock.start();
  run();
  run();
  const times = new Map(clock.perStep(2).map((each) => [each.kernel, each]));
  t.equal(times.get('Outer')?.calls, 1, 'once a step, and the one before the start does not count');
  t.equal(times.get('Inner')?.calls, 1);
  t.ok(times.get('Outer')!.ms < times.get('Inner')!.ms, 'the outer one does not answer for the inner one');
  t.equal(clock.perStep(2)[0]?.kernel, 'Inner', 'the longest first');
});
