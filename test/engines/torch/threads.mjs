// Two worker threads and the main one compute on the same addon; one of them is ended in the middle of its work. Prints what each made.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { loadTorch, registerTorch } from '../../../dist/engines/torch/load.js';
import * as tf from '../../../dist/tf.js';

const addon = JSON.parse(process.env.GPU_SETUP_TEST_ADDON);

/** The sum of a product of matrices of ones, some times over. */
function compute(times) {
  let sum;
  for (let i = 0; i < times; i++) sum = tf.tidy(() => tf.sum(tf.matMul(tf.ones([200, 200]), tf.ones([200, 200]))).dataSync()[0]);
  return sum;
}

/** Loads it in this thread; both workers do so while the main one does. */
async function load() {
  registerTorch(loadTorch(addon, { device: 'cpu' }));
  await tf.setBackend('torch');
}

const next = (worker, event) => new Promise((resolve) => worker.once(event, resolve));

async function main() {
  const workers = [true, false].map((endless) => new Worker(new URL(import.meta.url), { workerData: endless }));
  const first = workers.map((worker) => next(worker, 'message'));
  await load();
  const made = [compute(10), ...(await Promise.all(first))];
  await workers[0].terminate();
  made.push(compute(10));
  workers[1].postMessage('once more');
  made.push(await next(workers[1], 'message'));
  await next(workers[1], 'exit');
  made.push(compute(10));
  process.stdout.write(`${JSON.stringify(made)}\n`);
}

async function work() {
  await load();
  parentPort.postMessage(compute(10));
  while (workerData) compute(100);
  parentPort.once('message', () => {
    parentPort.postMessage(compute(10));
    parentPort.close();
  });
}

await (isMainThread ? main() : work());
