#!/usr/bin/env node
// scripts/quickstart: from a clean clone to a diagnosed machine and a trained detector. Every stage first looks whether its result
// is there and still good, so that a second run goes on where the first one stopped. Only parts of Node are imported here: it runs
// before anything is installed.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { aptInstallation } from './prepare/apt-packages.mjs';
import { build, isBuilt } from './prepare/build.mjs';
import { engineStatus } from './prepare/engine-status.mjs';
import { installPackages, missingPackages } from './prepare/npm-dependencies.mjs';
import { lackingForTensorFlow, prepareTensorFlow } from './prepare/tensorflow-engine.mjs';
import { libtorchIsHere, prepareTorch } from './prepare/torch-engine.mjs';
import { runCommand } from './run-command.mjs';

const usage = `usage: scripts/quickstart [--yes] [--minutes N] [--engine NAME] [--work-dir DIR] [--fresh]

From a clean clone to a diagnosed machine and a trained detector: installs what is missing, builds, shows the engines, runs the
doctor, prints the plan for the NVIDIA driver (nothing is changed by it), draws a small data set, trains on it and shows what
came out. What is done already is not done again.

  --yes            install what is missing without asking
  --minutes N      how long to train (default: 2)
  --engine NAME    train on \`torch\`, \`tensorflow\` or \`wasm\` (default: the best one that this machine can have);
                   with \`wasm\` nothing is installed for the others
  --work-dir DIR   where everything it makes lies (default: work_dirs/quickstart)
  --fresh          train again even where a trained detector lies there
  --help           this text
`;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const started = performance.now();
const options = readOptions();
const folder = options.folder;
/** Whether the question that was asked speaks of a library for an engine. */
let agreedToFetch = false;
const places = { logs: join(folder, 'logs'), data: join(folder, 'shapes'), run: join(folder, 'run') };

/** A stage that could not be done: its name, what is wrong, and the file that has all of it. */
class StageFailed extends Error {
  constructor(stage, message, log) {
    super(message);
    this.stage = stage;
    this.log = log;
  }
}

const stages = [
  ['npm packages', npmPackages],
  ['build', builds],
  ['engines', engines],
  ['doctor', doctor],
  ['driver plan', driverPlan],
  ['data set', dataSet],
  ['training', training],
  ['evaluation', evaluation],
];

async function main() {
  mkdirSync(places.logs, { recursive: true });
  say('gpu-setup, from a clean clone to a trained detector. This will');
  say('  1. install npm packages into node_modules and build dist/');
  say('  2. set up the engine `torch` where a libtorch is here, else `tensorflow` or `torch` with a library that is fetched (several');
  say('     times faster than `wasm`, which is always there)');
  say('  3. show what the doctor finds and what installing the NVIDIA driver would do, without changing anything');
  say(`  4. draw a small data set, train a detector on it for ${plural(options.minutes, 'minute')}, and show its mAP and pictures`);
  say(`Everything it makes lies in this checkout, most of it in ${shown(folder)}; the engine goes to your home folder.`);
  const agreed = await agree();
  if (!agreed) {
    say('Nothing was installed.');
    return 6;
  }
  for (const [index, [name, run]] of stages.entries()) {
    heading(`${index + 1}/${stages.length} ${name}`);
    await run(name);
  }
  farewell();
  return 0;
}

/** Asks once, and only where something has to be installed. */
async function agree() {
  const missing = missingPackages(root);
  const wanted = [];
  if (missing.length > 0) wanted.push(`npm packages (${missing.length}, about 250 MB, into node_modules)`);
  agreedToFetch = await fetchesLibrary();
  if (agreedToFetch) {
    const lacking = await lackingForTensorFlow();
    const apt = lacking.length > 0 ? await aptInstallation() : undefined;
    if (apt) wanted.push(`${lacking.join(' and ')}, with \`${apt.shown}\``);
    if (options.engine === 'torch')
      wanted.push("libtorch (the distribution's package, or PyTorch's wheel of about 200 MB into your home folder)");
    else if (lacking.length === 0 || apt)
      wanted.push('TensorFlow for Python (about 250 MB download, into your home folder), or else libtorch in its place');
  }
  if (wanted.length === 0) return true;
  say(`\nTo be installed:\n${wanted.map((line) => `  - ${line}`).join('\n')}`);
  if (options.yes) return true;
  if (!process.stdin.isTTY) {
    process.stderr.write('error: This needs an answer: install these?\nhint: pass `--yes` to say yes\n');
    return false;
  }
  const question = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await question.question('Install these? [Y/n] ');
  question.close();
  return /^(y|yes|)$/i.test(answer.trim());
}

/** Whether the engine to be used wants a library that is not on this machine. */
async function fetchesLibrary() {
  if (options.engine === 'wasm') return false;
  if (options.engine !== 'tensorflow' && (await libtorchIsHere())) return false;
  if (missingPackages(root).length > 0 || !isBuilt(root)) return true;
  const names = options.engine ? [options.engine] : ['torch', 'tensorflow'];
  for (const name of names) if ((await engineStatus(root, name)).available) return false;
  return true;
}

async function npmPackages(stage) {
  if (missingPackages(root).length === 0) return done('all there, as package-lock.json has them');
  const log = join(places.logs, 'npm.log');
  await need(stage, log, installPackages(root, { log, show: 'stderr' }));
  const still = missingPackages(root);
  if (still.length > 0) throw new StageFailed(stage, `\`npm ci\` left out ${still.slice(0, 5).join(', ')}`, log);
  done('installed');
}

async function builds(stage) {
  if (isBuilt(root)) return done('dist/ is newer than src/');
  const log = join(places.logs, 'build.log');
  await need(stage, log, build(root, { log, show: 'all' }));
  done('built');
}

async function engines(stage) {
  if (options.engine !== 'wasm') {
    const ready = await prepareEngine();
    const wanted = options.engine ?? 'torch or tensorflow';
    if (ready.name) done(`\`${ready.name}\`: ${ready.why}`);
    else if (options.engine) throw new StageFailed(stage, `the engine \`${wanted}\` is not to be had: ${ready.why}`, places.logs);
    else done(`going on with \`wasm\`, because nothing faster is to be had here: ${ready.why}`);
  }
  await show(stage, ['engine', 'list']);
}

/**
 * The engine asked for; else `torch` against a libtorch that is here, which costs a minute and no download; else `tensorflow`; else
 * `torch` with a libtorch that is fetched. Answers its name, or why there is none.
 */
async function prepareEngine() {
  const how = (name) => ({ log: join(places.logs, `${name}.log`), say: (text) => say(`  ${text}`), show: 'stderr' });
  const reasons = [];
  const tried = async (name, { ready, why }) => {
    if (!ready) reasons.push(`${name}: ${why}`);
    return ready ? { name, why } : undefined;
  };
  const torch = async (fetch) => tried('torch', await prepareTorch(root, { ...how('torch'), fetch }));
  const tensorflow = async () => {
    if (!(await engineStatus(root, 'tensorflow')).available && (await lackingForTensorFlow()).length > 0) await aptPackages();
    return tried('tensorflow', await prepareTensorFlow(root, how('tensorflow')));
  };
  // A library that nobody said yes to is not fetched.
  const fetchAgreed = agreedToFetch || options.yes;
  if (options.engine === 'torch') return (await torch(fetchAgreed)) ?? { why: reasons.join('; ') };
  if (options.engine === 'tensorflow') return (await tensorflow()) ?? { why: reasons.join('; ') };
  const found = await torch(false);
  if (found) return found;
  const installed = (await engineStatus(root, 'tensorflow')).available;
  const second = installed || fetchAgreed ? await tensorflow() : undefined;
  const third = second || !fetchAgreed ? second : await torch(true);
  return third ?? { why: reasons.join('; ') };
}

/** A missing package manager, right or network is no failure: `wasm` needs none of them. */
async function aptPackages() {
  const apt = await aptInstallation();
  if (!apt) return;
  const log = join(places.logs, 'apt.log');
  say(`  ${apt.shown}`);
  for (const argv of apt.commands) {
    const { code } = await finished(runCommand(argv, { log, timeoutMs: 600_000, env: { DEBIAN_FRONTEND: 'noninteractive' } }));
    if (code !== 0) return say(`  it ended with exit ${code} (${shown(log)})`);
  }
}

/** Exit code 1 is an answer: something is wrong with this machine. */
async function doctor(stage) {
  const code = await show(stage, ['doctor'], [0, 1]);
  done(code === 0 ? 'nothing stands in the way of the GPU' : 'it found what stands in the way of the GPU; training goes on without one');
}

/** Where there is no GPU to plan for, the plan for an RTX 4090 (device id 2684) shows what one looks like. */
async function driverPlan(stage) {
  const argv = ['install-driver', '--dkms', '--dry-run'];
  const code = await show(stage, argv, [0, 1, 2]);
  if (code === 0) return done('a plan only: nothing was changed');
  say('  It has no plan for this machine. If it had an RTX 4090, the plan would be:');
  await show(stage, [...argv, '--assume-gpu', '2684'], [0, 1, 2]);
  done('nothing was changed');
}

async function dataSet(stage) {
  if (isDataSet(places.data)) return done(`there already: ${shown(places.data)}`);
  rmSync(places.data, { recursive: true, force: true });
  await show(stage, ['data', 'make', 'shapes', '--out', places.data]);
  if (!isDataSet(places.data))
    throw new StageFailed(stage, `${shown(places.data)} is not a whole data set`, join(places.logs, 'data-set.log'));
  done(shown(places.data));
}

/** Every picture that a split names is there with its annotation. */
function isDataSet(directory) {
  const splits = ['train', 'val'].map((name) => join(directory, 'ImageSets/Main', `${name}.txt`));
  if (!splits.every((path) => existsSync(path))) return false;
  const ids = splits.flatMap((path) => readFileSync(path, 'utf8').split('\n').filter(Boolean));
  return (
    ids.length > 0 &&
    ids.every(
      (id) =>
        existsSync(join(directory, 'Annotations', `${id}.xml`)) &&
        ['jpg', 'png'].some((extension) => existsSync(join(directory, 'JPEGImages', `${id}.${extension}`))),
    )
  );
}

async function training(stage) {
  if (options.fresh) rmSync(places.run, { recursive: true, force: true });
  const metrics = join(places.run, 'metrics.json');
  if (existsSync(metrics)) return done(`a trained detector lies in ${shown(places.run)} (\`--fresh\` trains again)`);
  const resumes = existsSync(join(places.run, 'checkpoints'));
  const argv = [
    'train',
    join(root, 'configs/quick/shapes.yaml'),
    '--data',
    places.data,
    '--train-split',
    'train',
    '--val-split',
    'val',
    '--work-dir',
    places.run,
  ];
  argv.push('--max-minutes', String(options.minutes), '--yes', ...(resumes ? ['--resume'] : []), ...engineChoice());
  await show(stage, argv, [0], options.minutes * 60_000 * 4 + 900_000);
  if (!existsSync(metrics)) throw new StageFailed(stage, `it wrote no ${shown(metrics)}`, join(places.logs, 'training.log'));
  done(shown(places.run));
}

const engineChoice = () => (options.engine ? ['--engine', options.engine] : []);

async function evaluation(stage) {
  const log = join(places.logs, 'evaluation.log');
  const argv = gpuSetup(['test', places.run, '--data', places.data, '--split', 'val', '--json', ...engineChoice()]);
  const { stdout } = await need(stage, log, runCommand(argv, { log, show: 'stderr', timeoutMs: 1_800_000 }));
  const { mAP50, classes } = JSON.parse(stdout);
  const width = Math.max(...Object.keys(classes).map((name) => name.length), 'mean'.length);
  const percent = (value) => (value === null ? 'none in this split' : `${(100 * value).toFixed(1)} %`.padStart(7));
  say('  average precision at IoU 0.5, on pictures that it was not trained on:');
  for (const [name, value] of Object.entries(classes)) say(`    ${name.padEnd(width)}  ${percent(value)}`);
  say(`    ${'mean'.padEnd(width)}  ${percent(mAP50)}`);
  done(`mAP ${mAP50.toFixed(3)}`);
}

function farewell() {
  const report = join(places.run, 'report.html');
  const pictures = join(places.run, 'pictures');
  say(`\nDone in ${elapsed()}.`);
  if (existsSync(report)) say(`  report      ${shown(report)}  (open it in a browser: losses, mAP, pictures)`);
  if (existsSync(pictures)) say(`  pictures    ${shown(pictures)}`);
  say(`  detector    ${shown(places.run)}`);
  const program = 'node dist/cli/main.js';
  say('\nWhat to type next:');
  say(`  ${program} --help                                     every command`);
  say(`  ${program} doctor                                     this machine again`);
  say(`  ${program} predict ${shown(places.run)} PICTURE...      what this detector sees in your pictures`);
  say(`  ${program} train voc --data FOLDER --max-minutes 10   a detector of your own, from any Pascal VOC folder`);
}

const gpuSetup = (args) => [process.execPath, join(root, 'dist/cli/main.js'), ...args];

/** Runs one of our commands with its output shown, as a person would type it; answers its exit code, which must be in `expected`. */
async function show(stage, args, expected = [0], timeoutMs = 600_000) {
  say(`  $ gpu-setup ${args.map((arg) => (arg.startsWith(root) ? shown(arg) : arg)).join(' ')}`);
  const log = join(places.logs, `${stage.replaceAll(' ', '-')}.log`);
  return (await need(stage, log, runCommand(gpuSetup(args), { log, show: 'all', timeoutMs }), expected)).code;
}

/** Waits for a command of ours; one that did not end as expected fails its stage. */
async function need(stage, log, running, expected = [0]) {
  const result = await finished(running);
  if (expected.includes(result.code)) return result;
  const why = /^error: (.*)$/m.exec(result.stderr)?.[1];
  throw new StageFailed(
    stage,
    result.timedOut ? `it was ended after ${(result.ms / 60_000).toFixed(0)} minutes` : (why ?? `exit ${result.code}`),
    log,
  );
}

async function finished(running) {
  const result = await running;
  if (result.interrupted) {
    process.stderr.write('\nInterrupted; run `scripts/quickstart` again to go on from here\n');
    process.exit(130);
  }
  return result;
}

function readOptions() {
  const fail = (message) => {
    process.stderr.write(`error: ${message}\nhint: \`scripts/quickstart --help\` lists the options\n`);
    process.exit(2);
  };
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        yes: { type: 'boolean', short: 'y', default: false },
        minutes: { type: 'string', default: '2' },
        engine: { type: 'string' },
        'work-dir': { type: 'string' },
        fresh: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    return fail(error.message);
  }
  if (values.help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const minutes = Number(values.minutes);
  if (!(minutes > 0 && minutes <= 24 * 60)) return fail(`\`--minutes ${values.minutes}\` is not a number of minutes`);
  if (values.engine !== undefined && !['torch', 'tensorflow', 'wasm'].includes(values.engine))
    return fail(`There is no engine \`${values.engine}\``);
  const folder = resolve(values['work-dir'] ?? join(root, 'work_dirs/quickstart'));
  return { yes: values.yes, minutes, engine: values.engine, fresh: values.fresh, folder };
}

function heading(text) {
  say(`\n[${elapsed()}] ${text}`);
}

function done(text) {
  say(`  ok: ${text}`);
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function elapsed() {
  const seconds = Math.round((performance.now() - started) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Short paths for people: relative to the checkout, which is where the script runs. */
function shown(path) {
  const short = relative(root, path);
  return short.startsWith('..') ? path : short;
}

function plural(count, word) {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof StageFailed)) throw error;
  process.stderr.write(`\nerror: the stage \`${error.stage}\` failed: ${error.message}\n`);
  if (error.log)
    process.stderr.write(`hint: all it printed is in ${shown(error.log)}; run \`scripts/quickstart\` again to go on from here\n`);
  process.exitCode = 3;
}
