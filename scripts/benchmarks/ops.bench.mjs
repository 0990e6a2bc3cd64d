import { rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../run-command.mjs';
import { median } from './median.mjs';
import { cases } from './ops-cases.mjs';
import { checkPeer, fair, peerOptions, precisions } from './peer.mjs';

export const summary = 'convolution, matrix product, norm, pooling, RoIAlign and a small op here and in PyTorch (channels last), in turn';

export const options = {
  ...peerOptions,
  only: { type: 'string', default: '', help: 'only the cases whose name contains this' },
  pairs: { type: 'string', default: '3', help: 'how often both sides run; the ratio printed is the median (default: 3)' },
  seconds: { type: 'string', default: '0.7', help: 'on each case, forward and backward each, in each run (default: 0.7)' },
  python: {
    type: 'string',
    default: '/usr/bin/python3',
    help: 'a Python with torch, and torchvision for RoIAlign (default: /usr/bin/python3)',
  },
  json: { type: 'boolean', default: false, help: 'the result as one JSON document' },
};

/** Runs ops-ours.mjs and ops_torch.py in turn and prints, case by case, milliseconds and how many times as fast our side is. */
export async function run(values, { root, log, say, wrong }) {
  const [pairs, seconds] = [Number(values.pairs), Number(values.seconds)];
  if (!Number.isInteger(pairs) || pairs < 1) return wrong(`\`--pairs ${values.pairs}\` is not a count`);
  if (!(seconds > 0)) return wrong(`\`--seconds ${values.seconds}\` is no time`);
  const chosen = cases.filter(({ name }) => name.includes(values.only));
  if (chosen.length === 0)
    return wrong(`No case has \`${values.only}\` in its name`, `there are ${cases.map(({ name }) => `\`${name}\``).join(', ')}`);
  const checked = await checkPeer(values, ['torch'], { root, log });
  if ('message' in checked) return wrong(checked.message, checked.hint);

  const file = join(tmpdir(), `gpu-setup-bench-${process.pid}-ops.json`);
  writeFileSync(file, JSON.stringify(chosen));
  const folder = join(root, 'scripts/benchmarks');
  const sides = {
    'gpu-setup': [
      process.execPath,
      join(folder, 'ops-ours.mjs'),
      ...['--only', values.only, '--seconds', values.seconds],
      ...(values.engine ? ['--engine', values.engine] : []),
    ],
    torch: [
      values.python,
      join(folder, 'ops_torch.py'),
      ...['--cases', file, '--seconds', values.seconds, '--precision', values['peer-precision'], '--threads', String(cpus().length)],
    ],
  };
  const runs = [];
  try {
    for (let pair = 0; pair < pairs; pair++) {
      const measured = {};
      for (const side of pair % 2 === 0 ? Object.keys(sides) : Object.keys(sides).reverse()) {
        say(`pair ${pair + 1} of ${pairs}: ${side}`);
        const env = { ...fair, GPU_SETUP_PRECISION: precisions[values.precision] };
        const { code, stdout, stderr, interrupted } = await runCommand(sides[side], { log, env, timeoutMs: 3_600_000 });
        if (interrupted) return 130;
        if (code !== 0) return wrong(`${side} ended with exit ${code}`, stderr.trim().split('\n').at(-1));
        measured[side] = JSON.parse(stdout.trim().split('\n').at(-1));
      }
      runs.push(measured);
    }
  } finally {
    rmSync(file);
  }
  const results = chosen.flatMap(({ name, kind }) =>
    (kind === 'small' ? ['forward'] : ['forward', 'both']).map((what) => summarise(runs, name, what)),
  );
  const [{ 'gpu-setup': ours, torch }] = runs;
  const head = { engine: ours.engine, precision: values.precision, peerPrecision: values['peer-precision'], ...torch.versions };
  if (values.json)
    process.stdout.write(`${JSON.stringify({ ...head, blas: checked.blas, threads: torch.threads, results }, undefined, 2)}\n`);
  else process.stdout.write(`${table(head, checked.blas, torch.threads, results)}\n`);
  return 0;
}

/** Of a case that one side has not, only what the other took. */
function summarise(runs, name, what) {
  const times = (side) => runs.flatMap((pair) => pair[side].cases[name]?.[what] ?? []);
  const [ours, theirs] = [times('gpu-setup'), times('torch')];
  const ratios = ours.map((ms, i) => theirs[i] / ms).filter(Number.isFinite);
  return { name, what, ms: { 'gpu-setup': median(ours), torch: median(theirs) ?? null }, ratios };
}

function table({ engine, precision, peerPrecision, torch, torchvision }, blas, threads, results) {
  const peer = `torch ${torch}${torchvision ? `, torchvision ${torchvision}` : ''}, BLAS ${blas.name}, ${peerPrecision}`;
  const rows = results.map(({ name, what, ms, ratios }) => {
    const took = (value) =>
      value === null || value === undefined ? '-' : value < 0.1 ? `${(1000 * value).toFixed(2)} us` : `${value.toFixed(2)} ms`;
    const ratio =
      ratios.length > 0 ? `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})` : '-';
    return `  ${`${name}, ${what === 'both' ? 'forward + backward' : 'forward'}`.padEnd(56)} ${took(ms['gpu-setup']).padStart(11)} ${took(ms.torch).padStart(11)}   ${ratio}`;
  });
  return [
    `gpu-setup on ${engine}, ${precision}; ${peer}; ${threads} threads`,
    `  ${'case'.padEnd(56)} ${'gpu-setup'.padStart(11)} ${'torch'.padStart(11)}   times as fast`,
    ...rows,
  ].join('\n');
}
