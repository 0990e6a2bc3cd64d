import { join } from 'node:path';
import { runCommand } from '../run-command.mjs';
import { fair, precisions } from './peer.mjs';

export const summary = 'where the time of one training step goes, kernel by kernel';

export const options = {
  model: { type: 'string', default: 'r50fpn', help: '`compact`, `r18fpn` or `r50fpn` (default: r50fpn)' },
  mode: { type: 'string', default: 'train', help: '`train` or `test`: steps with gradients, or detection alone' },
  steps: { type: 'string', default: '5', help: 'steps on the clock (default: 5)' },
  warmup: { type: 'string', default: '2', help: 'steps before the clock starts (default: 2)' },
  engine: { type: 'string', help: 'the engine (default: the best one there is)' },
  precision: { type: 'string', default: 'fp32', help: '`fp32` or `bf16` (default: fp32)' },
  json: { type: 'boolean', default: false, help: 'the result as one JSON document' },
};

/** Has train-ours.mjs run a few steps with every kernel on the clock. */
export async function run(values, { root, log, wrong }) {
  if (!(values.precision in precisions)) return wrong(`\`--precision ${values.precision}\` is no precision`, 'there are `fp32` and `bf16`');
  const argv = [
    process.execPath,
    join(root, 'scripts/benchmarks/train-ours.mjs'),
    '--profile',
    '--model',
    values.model,
    '--mode',
    values.mode,
  ];
  const { code, stdout, stderr, interrupted } = await runCommand(
    [...argv, '--steps', values.steps, '--warmup', values.warmup, ...(values.engine ? ['--engine', values.engine] : [])],
    { log, env: { ...fair, GPU_SETUP_PRECISION: precisions[values.precision] }, timeoutMs: 3_600_000 },
  );
  if (interrupted) return 130;
  if (code !== 0) return wrong(`the step ended with exit ${code}`, stderr.trim().split('\n').at(-1));
  const result = JSON.parse(stdout.trim().split('\n').at(-1));
  process.stdout.write(values.json ? `${JSON.stringify(result, undefined, 2)}\n` : `${table(result, values.precision)}\n`);
  return 0;
}

function table({ name, engine, batch, imagesPerSecond, kernels, steps, threads }, precision) {
  const whole = (1000 * batch) / imagesPerSecond;
  const rest = whole - kernels.reduce((sum, { ms }) => sum + ms, 0);
  const row = (what, calls, ms) =>
    `  ${what.padEnd(32)} ${calls.padStart(8)} ${ms.toFixed(1).padStart(9)} ms ${((100 * ms) / whole).toFixed(1).padStart(6)} %`;
  const shown = kernels.filter(({ ms }) => ms >= whole / 500);
  const small = kernels.filter(({ ms }) => ms < whole / 500);
  return [
    `${name} on ${engine}, ${precision}, ${threads} threads: a step of ${batch} pictures takes ${whole.toFixed(0)} ms (mean of ${steps})`,
    `  ${'kernel'.padEnd(32)} ${'calls'.padStart(8)} ${'a step'.padStart(12)}`,
    ...shown.map(({ kernel, calls, ms }) => row(kernel, calls.toFixed(0), ms)),
    row(
      `${small.length} others`,
      small.reduce((sum, { calls }) => sum + calls, 0).toFixed(0),
      small.reduce((sum, { ms }) => sum + ms, 0),
    ),
    row('outside kernels', '', rest),
  ].join('\n');
}
