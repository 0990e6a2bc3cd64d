import { mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { logKinds } from './explain-logs.mjs';
import { median } from './median.mjs';

export const summary = 'how fast `explain` reads big logs in which little is wrong, and how much memory that takes';

export const options = {
  megabytes: { type: 'string', default: '200', help: 'how big each log is (default: 200)' },
  runs: { type: 'string', default: '5', help: 'how often each is read; the median is printed (default: 5)' },
  only: { type: 'string', default: '', help: 'only the logs whose name contains this' },
  json: { type: 'boolean', default: false, help: 'the result as one JSON document' },
};

/** Writes each kind of log to a file and has `explain-reader.mjs` read it on one core, from the page cache. */
export async function run(values, { root, say, wrong }) {
  const [megabytes, runs] = [Number(values.megabytes), Number(values.runs)];
  if (!(megabytes > 0)) return wrong(`\`--megabytes ${values.megabytes}\` is no size`);
  if (!Number.isInteger(runs) || runs < 1) return wrong(`\`--runs ${values.runs}\` is not a count`);
  const chosen = logKinds.filter(({ name }) => name.includes(values.only));
  if (chosen.length === 0)
    return wrong(`No log has \`${values.only}\` in its name`, `there are ${logKinds.map(({ name }) => `\`${name}\``).join(', ')}`);

  const folder = mkdtempSync(join(tmpdir(), 'gpu-setup-explain-'));
  const results = [];
  try {
    for (const kind of chosen) {
      const path = join(folder, `${kind.name}.log`);
      writeLog(path, kind, megabytes * 1e6);
      const measured = await measure(root, path, runs);
      rmSync(path);
      results.push({ name: kind.name, ...measured });
      say(`${kind.name}: ${measured.rates.map((rate) => rate.toFixed(0)).join(', ')} MB/s`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ megabytes, runs, results }, undefined, 2)}\n`);
  else process.stdout.write(`${table(megabytes, results)}\n`);
  return 0;
}

/** The kind's block again and again, numbered, so that no two lines are alike. */
function writeLog(path, { block }, bytes) {
  const file = openSync(path, 'w');
  let written = 0;
  for (let round = 0; written < bytes; ) {
    const part = Array.from({ length: 200 }, () => block(round++)).join('');
    written += writeSync(file, part);
  }
}

/** A thread of its own, whose memory is not ours. */
function measure(root, path, runs) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(root, 'scripts/benchmarks/explain-reader.mjs'), { workerData: { root, path, runs } });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function table(megabytes, results) {
  const rows = results.map(
    ({ name, rates, failures, unknownCount, peakMiB }) =>
      `| ${name} | ${median(rates).toFixed(0)} (${Math.min(...rates).toFixed(0)} to ${Math.max(...rates).toFixed(0)}) | ${failures} | ${unknownCount} | ${peakMiB.toFixed(0)} |`,
  );
  return [
    `logs of ${megabytes} MB, read from the page cache; MB of 1,000,000 bytes per second of processor time`,
    '',
    '| log | MB/s (spread) | failures | unexplained | peak of the process, MiB |',
    '| --- | ------------: | -------: | ----------: | -----------------------: |',
    ...rows,
  ].join('\n');
}
