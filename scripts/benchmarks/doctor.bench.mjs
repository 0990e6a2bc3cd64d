import { join } from 'node:path';
import { runCommand } from '../run-command.mjs';
import { median } from './median.mjs';

export const summary =
  '`gpu-setup doctor --json` on this machine beside `python3 -m torch.utils.collect_env`, in turn: wall time of each, whole processes';

export const options = {
  pairs: { type: 'string', default: '7', help: 'how often both run; what is printed are medians (default: 7)' },
  python: { type: 'string', default: '/usr/bin/python3', help: 'a Python with torch (default: /usr/bin/python3)' },
  alone: { type: 'boolean', default: false, help: 'measure our side only' },
  'at-most': { type: 'string', help: 'exit 1 where our median is above this many seconds' },
  json: { type: 'boolean', default: false, help: 'the result as one JSON document' },
};

export async function run(values, { root, log, say, wrong }) {
  const pairs = Number(values.pairs);
  if (!Number.isInteger(pairs) || pairs < 1) return wrong(`\`--pairs ${values.pairs}\` is not a count`);
  const limit = values['at-most'] === undefined ? undefined : Number(values['at-most']);
  if (limit !== undefined && !(limit > 0)) return wrong(`\`--at-most ${values['at-most']}\` is not a time in seconds`);
  // The doctor ends with 1 where it finds a blocker, which is its answer and no failure.
  const sides = { 'gpu-setup doctor': { argv: [process.execPath, join(root, 'dist/cli/main.js'), 'doctor', '--json'], ends: [0, 1] } };
  if (!values.alone) {
    const { code } = await runCommand([values.python, '-c', 'import torch.utils.collect_env'], { log, timeoutMs: 120_000 });
    if (code !== 0)
      return wrong(`\`${values.python}\` cannot import torch`, '`--python` names one that can, `--alone` measures our side only');
    sides.collect_env = { argv: [values.python, '-m', 'torch.utils.collect_env'], ends: [0] };
  }
  const seconds = Object.fromEntries(Object.keys(sides).map((side) => [side, []]));
  for (let pair = -1; pair < pairs; pair++) {
    // Who goes first changes; the first pair fills the caches of the disk and is not counted.
    const order = pair % 2 === 0 ? Object.keys(sides) : Object.keys(sides).reverse();
    for (const side of order) {
      const { code, stderr, ms, interrupted } = await runCommand(sides[side].argv, { log, timeoutMs: 120_000 });
      if (interrupted) return 130;
      if (!sides[side].ends.includes(code)) return wrong(`${side} ended with exit ${code}`, stderr.trim().split('\n').at(-1));
      if (pair >= 0) seconds[side].push(ms / 1000);
    }
  }
  const [ours, peer] = Object.keys(sides).map((side) => summarise(seconds[side]));
  const ratio = peer && median(seconds['gpu-setup doctor'].map((each, i) => seconds.collect_env[i] / each));
  if (values.json) process.stdout.write(`${JSON.stringify({ pairs, 'gpu-setup': ours, collect_env: peer, ratio }, undefined, 2)}\n`);
  else {
    process.stdout.write(`gpu-setup doctor --json            ${words(ours)}\n`);
    if (peer) process.stdout.write(`python3 -m torch.utils.collect_env ${words(peer)}\nratio ${ratio.toFixed(1)} over ${pairs} pairs\n`);
  }
  if (limit === undefined || ours.median <= limit) return 0;
  say(`the median of ${ours.median.toFixed(2)} s is above ${limit} s`);
  return 1;
}

const summarise = (times) => ({ median: median(times), min: Math.min(...times), max: Math.max(...times) });
const words = ({ median: middle, min, max }) => `median ${middle.toFixed(2)} s (${min.toFixed(2)} to ${max.toFixed(2)})`;
