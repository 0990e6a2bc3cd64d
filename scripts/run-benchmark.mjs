#!/usr/bin/env node
// scripts/bench NAME [OPTION...]: runs scripts/benchmarks/NAME.bench.mjs, which exports `summary`, `options` (as node:util's
// parseArgs takes them, each with a `help`) and `run(values, tools)`. One more benchmark is one more file there.
import { readdirSync, readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, isBuilt } from './prepare/build.mjs';
import { installPackages, missingPackages } from './prepare/npm-dependencies.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'scripts/benchmarks');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.bench.mjs'))
  .map((name) => name.replace('.bench.mjs', ''));
const log = join(root, 'work_dirs/bench-logs/bench.log');

async function main([name, ...rest]) {
  if (name === undefined || name === '--help' || name === '-h') {
    process.stdout.write('usage: scripts/bench NAME [OPTION...]\n\n');
    for (const each of names) process.stdout.write(`  ${each.padEnd(10)} ${(await load(each)).summary}\n`);
    process.stdout.write('\n`scripts/bench NAME --help` lists the options of one\n');
    return name === undefined ? 2 : 0;
  }
  if (!names.includes(name))
    return wrong(`There is no benchmark \`${name}\``, `there are ${names.map((each) => `\`${each}\``).join(', ')}`);
  const benchmark = await load(name);
  const help = { help: { type: 'boolean', short: 'h', help: 'this text' } };
  const options = { ...benchmark.options, ...help };
  let values;
  try {
    const known = Object.entries(options).map(([key, { help: _, ...option }]) => [key, option]);
    ({ values } = parseArgs({ args: rest, options: Object.fromEntries(known) }));
  } catch (error) {
    return wrong(error.message, `\`scripts/bench ${name} --help\` lists the options`);
  }
  if (values.help) {
    process.stdout.write(`usage: scripts/bench ${name} [OPTION...]\n\n${benchmark.summary}\n\n`);
    for (const [key, { type, help: text }] of Object.entries(options))
      process.stdout.write(`  --${`${key}${type === 'string' ? ' VALUE' : ''}`.padEnd(22)} ${text}\n`);
    return 0;
  }
  if (missingPackages(root).length > 0) {
    say('installing npm packages');
    if ((await installPackages(root, { log, show: 'stderr' })).code !== 0) return wrong('`npm ci` failed', `its output is in ${log}`);
  }
  if (!isBuilt(root)) {
    say('building');
    if ((await build(root, { log, show: 'stderr' })).code !== 0) return wrong('the build failed', `its output is in ${log}`);
  }
  const busy = await otherWork();
  process.stdout.write(`${machine(busy)}\n`);
  if (busy > 0.1)
    say(
      `warning: other work takes ${percent(busy)} of the processors. PyTorch's threads wait for each other by spinning, and look several times slower than they are`,
    );
  return benchmark.run(values, { root, log, say, wrong });
}

function load(name) {
  return import(join(folder, `${name}.bench.mjs`));
}

/** One line, so that a number never travels without its machine. */
function machine(busy) {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const release = /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux';
  return `machine: ${cpus().length} x ${model}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${release}, Node ${process.version}, ${percent(busy)} taken by other work at the start`;
}

/** The part of all processors' time that something else takes, over two seconds. */
async function otherWork() {
  const times = () =>
    cpus().map(({ times: { idle, ...others } }) => ({ idle, busy: Object.values(others).reduce((sum, ms) => sum + ms, 0) }));
  const before = times();
  await setTimeout(2000);
  const spent = times().map(({ idle, busy }, i) => ({ idle: idle - before[i].idle, busy: busy - before[i].busy }));
  const [idle, busy] = ['idle', 'busy'].map((kind) => spent.reduce((sum, each) => sum + each[kind], 0));
  return busy / Math.max(idle + busy, 1);
}

const percent = (part) => `${(100 * part).toFixed(0)} %`;

function say(text) {
  process.stderr.write(`${text}\n`);
}

function wrong(message, hint) {
  process.stderr.write(`error: ${message}\n${hint ? `hint: ${hint}\n` : ''}`);
  return 2;
}

process.exitCode = await main(process.argv.slice(2));
