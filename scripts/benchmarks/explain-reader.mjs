// Reads one log several times, as `explain` does, and answers how many MB a second of processor time took.
import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

const { root, path, runs } = workerData;
const { explainLog } = await import(pathToFileURL(join(root, 'dist/doctor/explain/explain-log.js')).href);
const megabytes = statSync(path).size / 1e6;
const rates = [];
let explanation;
// The first reading warms the compiler and the page cache, and does not count.
for (let run = 0; run <= runs; run++) {
  const before = process.cpuUsage();
  explanation = await explainLog(createReadStream(path, { highWaterMark: 1 << 20 }));
  const { user, system } = process.cpuUsage(before);
  if (run > 0) rates.push(megabytes / ((user + system) / 1e6));
}
parentPort.postMessage({
  rates,
  failures: explanation.failures.length,
  unknownCount: explanation.unknownCount,
  peakMiB: process.resourceUsage().maxRSS / 1024,
});
