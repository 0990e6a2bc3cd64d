import { writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../run-command.mjs';
import { median } from './median.mjs';
import { checkPeer, fair, peerOptions, precisions } from './peer.mjs';

export const summary =
  'one training step here and in torchvision, in turn: the default model of `train voc` built alike, ResNet-18 and ResNet-50 FPN';

export const options = {
  model: { type: 'string', help: 'only the models with this name: `compact`, `r18fpn` or `r50fpn` (default: all that our side has)' },
  mode: { type: 'string', default: 'train', help: '`train` or `test`: steps with gradients, or detection alone' },
  pairs: { type: 'string', default: '3', help: 'how often both sides run; the ratio printed is the median (default: 3)' },
  steps: { type: 'string', default: '10', help: 'steps on the clock in each run (default: 10)' },
  warmup: { type: 'string', default: '3', help: 'steps before the clock starts (default: 3)' },
  ...peerOptions,
  python: { type: 'string', default: '/usr/bin/python3', help: 'a Python with torch and torchvision (default: /usr/bin/python3)' },
  json: { type: 'boolean', default: false, help: 'the result as one JSON document' },
};

/**
 * Both sides are commands that print one line of JSON: {name, imagesPerSecond, batch, threads, msPerStep: {median, min, max}, …}.
 * Ours is scripts/benchmarks/train-ours.mjs, whose `--describe` prints the models it has as descriptions that the peer builds too.
 */
export async function run(values, { root, log, say, wrong }) {
  const numbers = { pairs: Number(values.pairs), steps: Number(values.steps), warmup: Number(values.warmup) };
  for (const [name, value] of Object.entries(numbers))
    if (!Number.isInteger(value) || value < (name === 'warmup' ? 0 : 1)) return wrong(`\`--${name} ${values[name]}\` is not a count`);
  if (!['train', 'test'].includes(values.mode)) return wrong(`There is no mode \`${values.mode}\``, 'there are `train` and `test`');
  const ours = [process.execPath, join(root, 'scripts/benchmarks/train-ours.mjs')];
  const peer = [values.python, join(root, 'scripts/benchmarks/torchvision_train.py')];

  const checked = await checkPeer(values, ['torch', 'torchvision'], { root, log });
  if ('message' in checked) return wrong(checked.message, checked.hint);
  const described = await runCommand([...ours, '--describe'], { log });
  if (described.code !== 0) return wrong('our side cannot describe its models', described.stderr.trim().split('\n').at(-1));
  const specs = JSON.parse(described.stdout).filter(({ name }) => values.model === undefined || name === values.model);
  if (specs.length === 0) return wrong(`There is no model \`${values.model}\``, '`scripts/bench train --help` names them');

  const results = [];
  for (const spec of specs) {
    const file = join(tmpdir(), `gpu-setup-bench-${process.pid}-${spec.name}.json`);
    writeFileSync(file, JSON.stringify(spec));
    const clock = ['--mode', values.mode, '--steps', values.steps, '--warmup', values.warmup, '--threads', String(cpus().length)];
    const sides = {
      'gpu-setup': [...ours, '--model', spec.name, ...clock, ...(values.engine ? ['--engine', values.engine] : [])],
      torchvision: [...peer, '--spec', file, '--precision', values['peer-precision'], ...clock],
    };
    say(`${spec.name}: ${spec.width}x${spec.height}, batch ${spec.batch}, ${values.mode}, ${values.pairs} pairs of ${values.steps} steps`);
    const pairs = [];
    for (let pair = 0; pair < numbers.pairs; pair++) {
      const measured = {};
      // Who goes first changes, so that a machine that slows down or warms up favours neither.
      const order = pair % 2 === 0 ? Object.keys(sides) : Object.keys(sides).reverse();
      for (const side of order) {
        const { code, stdout, stderr, timedOut, interrupted } = await runCommand(sides[side], {
          log,
          env: { ...fair, GPU_SETUP_PRECISION: precisions[values.precision] },
          timeoutMs: 3_600_000,
        });
        if (interrupted) return 130;
        if (code !== 0)
          return wrong(`${side} ended with exit ${code}${timedOut ? ' after an hour' : ''}`, stderr.trim().split('\n').at(-1));
        measured[side] = JSON.parse(stdout.trim().split('\n').at(-1));
        say(
          `  ${side.padEnd(12)} ${measured[side].imagesPerSecond.toFixed(2)} images/s (median step ${measured[side].msPerStep.median.toFixed(0)} ms, peak ${measured[side].peakMiB.toFixed(0)} MiB)`,
        );
      }
      pairs.push(measured);
    }
    results.push({
      ...summarise(spec, pairs),
      blas: checked.blas,
      precision: { 'gpu-setup': values.precision, torchvision: values['peer-precision'] },
    });
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ mode: values.mode, results }, undefined, 2)}\n`);
  else for (const result of results) process.stdout.write(`${sentence(result)}\n`);
  return 0;
}

function summarise(spec, pairs) {
  const rates = (side) => pairs.map((pair) => pair[side].imagesPerSecond);
  return {
    name: spec.name,
    batch: spec.batch,
    threads: pairs[0].torchvision.threads,
    engine: pairs[0]['gpu-setup'].engine,
    versions: pairs[0].torchvision.versions,
    parameters: bySide((side) => pairs[0][side].parameters),
    imagesPerSecond: bySide((side) => median(rates(side))),
    msPerStep: bySide((side) => median(pairs.map((pair) => pair[side].msPerStep.median))),
    peakMiB: bySide((side) => Math.max(...pairs.map((pair) => pair[side].peakMiB))),
    ratios: pairs.map((pair) => pair['gpu-setup'].imagesPerSecond / pair.torchvision.imagesPerSecond),
  };
}

const bySide = (of) => ({ 'gpu-setup': of('gpu-setup'), torchvision: of('torchvision') });

function sentence({ name, batch, threads, engine, versions, blas, precision, imagesPerSecond, msPerStep, peakMiB, ratios }) {
  const side = (which) =>
    `${imagesPerSecond[which].toFixed(2)} images/s, median step ${msPerStep[which].toFixed(0)} ms, peak ${peakMiB[which].toFixed(0)} MiB`;
  const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)} over ${ratios.length} pairs`;
  return [
    `${name}: batch ${batch}, ${threads} threads`,
    `  gpu-setup on ${engine}, ${precision['gpu-setup']}: ${side('gpu-setup')}`,
    `  torchvision ${versions.torchvision} on torch ${versions.torch}, BLAS ${blas.name}, ${precision.torchvision}: ${side('torchvision')}`,
    `  ratio ${median(ratios).toFixed(2)} (${spread})`,
  ].join('\n');
}
