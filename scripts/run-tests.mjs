#!/usr/bin/env node
// scripts/test: installs what the tests need, checks types, style and layers, runs the tests, and ends with the line
// `N passed, N failed[, N skipped]`. Only parts of Node are imported here: it runs before anything is installed.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, isBuilt } from './prepare/build.mjs';
import { prepareLab } from './prepare/lab.mjs';
import { installPackages, missingPackages } from './prepare/npm-dependencies.mjs';
import { prepareStrace } from './prepare/strace.mjs';
import { prepareTensorFlow } from './prepare/tensorflow-engine.mjs';
import { aptMayInstall, prepareTorch } from './prepare/torch-engine.mjs';
import { prepareTorchvision } from './prepare/torchvision.mjs';
import { runCommand } from './run-command.mjs';
import { TapTally } from './tap-tally.mjs';

const usage = `usage: scripts/test [--full] [--no-engines] [FILTER...]

Installs what the tests need and runs them. With FILTERs only the test files whose path contains one of them run,
without the checks of types, style and layers.

  --full        the slow tests too (*.slow.test.ts): training runs, installs from nothing, quickstart from a clean clone
  --write       with the filter conformance: write down what was counted, and the tables of docs/engines.md
  --no-engines  do not install the engines torch and tensorflow; their tests skip themselves where they are absent
  --help        this text
`;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const logs = join(root, 'work_dirs', 'test-logs');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const total = { passed: 0, failed: 0, skipped: 0 };
const started = performance.now();

const { values, positionals } = readArguments();
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
rmSync(logs, { recursive: true, force: true });
mkdirSync(logs, { recursive: true });

const prepared = await prepare();
if (prepared && positionals.length === 0) await checks();
if (prepared) await tests();
if (prepared && values.write)
  await stage('tables', runCommand([process.execPath, join(root, 'scripts/generate-conformance-table.mjs')], { cwd: root }));
const seconds = ((performance.now() - started) / 1000).toFixed(0);
say(`\ntook ${seconds} s; what was printed lies in ${relative(process.cwd(), logs) || '.'}`);
say(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        full: { type: 'boolean' },
        'no-engines': { type: 'boolean' },
        write: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    process.stderr.write(`error: ${error.message}\nhint: \`scripts/test --help\` lists the options\n`);
    process.exit(2);
  }
}

/** Everything the tests need: npm's packages, dist/, and the engines that this machine allows. */
async function prepare() {
  const missing = missingPackages(root);
  if (missing.length === 0) say('ok    npm packages: as package-lock.json has them');
  else {
    say(`...   npm packages: ${missing.length} missing or of another version, running \`npm ci\``);
    if (!(await stage('npm packages', installPackages(root, { log: join(logs, 'npm.log') })))) return false;
  }
  if (isBuilt(root)) say('ok    build: dist/ is newer than src/');
  else if (!(await stage('build', build(root, { log: join(logs, 'build.log') })))) return false;
  const strace = await prepareStrace({ log: join(logs, 'strace.log'), say: (text) => say(`...   ${text}`) });
  say(strace.ready ? `ok    strace: ${strace.why}` : `skip  strace: ${strace.why}; its tests skip themselves`);
  const torchvision = await prepareTorchvision({ log: join(logs, 'torchvision.log'), say: (text) => say(`...   ${text}`) });
  say(
    torchvision.ready
      ? `ok    torchvision: ${torchvision.why}`
      : `skip  torchvision: ${torchvision.why}; the tests that compare with it skip themselves`,
  );
  if (testFiles().some((path) => path.startsWith('test/e2e/lab/'))) {
    const lab = await prepareLab(root, { log: join(logs, 'lab.log'), say: (text) => say(`...   ${text}`) });
    say(lab.ready ? `ok    lab: ${lab.why}` : `skip  lab: ${lab.why}; its tests skip themselves`);
  }
  if (!values['no-engines']) {
    const options = (name) => ({ log: join(logs, `${name}.log`), say: (text) => say(`...   ${text}`) });
    const prepared = {
      torch: await prepareTorch(root, { ...options('torch'), fetch: await aptMayInstall() }),
      tensorflow: await prepareTensorFlow(root, options('tensorflow')),
    };
    for (const [name, { ready, why }] of Object.entries(prepared))
      say(ready ? `ok    engine ${name}: ${why}` : `skip  engine ${name}: ${why}; its tests skip themselves`);
  }
  return true;
}

/** One result each: they pass or fail as a whole. */
async function checks() {
  const all = [
    ['types', [bin('tsc'), '--noEmit']],
    ['style', [bin('biome'), 'check', '.']],
    ['layers', [process.execPath, join(root, 'scripts/check-layers.mjs')]],
    ...generators().map((script) => [`generated by ${script}`, [process.execPath, join(root, script), '--check']]),
  ];
  for (const [name, argv] of all) {
    const good = await stage(name, runCommand(argv, { cwd: root, log: join(logs, 'checks.log'), timeoutMs: 300_000 }));
    if (good) total.passed += 1;
  }
}

/** Scripts that write a file of the repository; `--check` says whether it is as they would write it. */
function generators() {
  return readdirSync(join(root, 'scripts'))
    .filter((name) => /^generate-.*\.mjs$/.test(name))
    .map((name) => `scripts/${name}`);
}

/** Waits for a command, says how it went, shows what it printed where it failed, and counts a failure. */
async function stage(name, running) {
  const { code, stdout, stderr, timedOut, interrupted, ms } = await running;
  if (interrupted) process.exit(130);
  const seconds = `${(ms / 1000).toFixed(1)} s`;
  if (code === 0) {
    say(`ok    ${name} (${seconds})`);
    return true;
  }
  total.failed += 1;
  say(`FAIL  ${name} (${timedOut ? `ended after ${seconds}` : `exit ${code}, ${seconds}`})`);
  say(indent(lastLines(`${stdout}${stderr}`, 60)));
  return false;
}

async function tests() {
  const files = testFiles();
  if (files.length === 0) {
    total.failed += 1;
    say(`FAIL  no test file ${positionals.length > 0 ? `matches ${positionals.map((filter) => `\`${filter}\``).join(', ')}` : 'in test/'}`);
    return;
  }
  say(`...   ${files.length} test files, two at a time`);
  const tally = new TapTally((file) => {
    const counts = `${file.passed} passed${file.failed ? `, ${file.failed} failed` : ''}${file.skipped ? `, ${file.skipped} skipped` : ''}`;
    say(`${file.failed > 0 ? 'FAIL' : file.skip ? 'skip' : 'ok  '}  ${file.name} (${counts})`);
    if (file.failed > 0) say(indent(lastLines(file.lines.join('\n'), 150)));
  });
  const slow = files.some((file) => file.endsWith('.slow.test.ts'));
  const argv = [bin('tap'), '--reporter=tap', '--disable-coverage', '--jobs=2', `--timeout=${slow ? 3600 : 120}`, ...files];
  const { code, stderr, timedOut, interrupted } = await runCommand(argv, {
    cwd: root,
    log: join(logs, 'tap.log'),
    timeoutMs: slow ? 4 * 3_600_000 : 3_000_000,
    // Colours would be part of what tests compare, and a test must not wait for an answer.
    env: { FORCE_COLOR: undefined, NO_COLOR: '1', npm_config_yes: undefined, GPU_SETUP_WRITE_RESULTS: values.write ? '1' : undefined },
    onLine: (line) => tally.line(line),
  });
  if (interrupted) process.exit(130);
  total.passed += tally.passed;
  total.failed += tally.failed;
  total.skipped += tally.skipped;
  const unseen = files.length - tally.files.length;
  if (unseen > 0) {
    total.failed += unseen;
    say(`FAIL  ${unseen} test files gave no result${timedOut ? ': the run was ended after its time-out' : ''}`);
  } else if (code !== 0 && tally.failed === 0) {
    total.failed += 1;
    say(`FAIL  tap ended with exit ${code} though no test said that it failed`);
  }
  if (tally.failed + unseen > 0 && stderr.trim()) say(`\nthe end of what the tests wrote to stderr:\n${indent(lastLines(stderr, 60))}`);
}

function testFiles() {
  return readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .filter((path) => values.full || !path.endsWith('.slow.test.ts') || positionals.some((filter) => filter.includes('.slow')))
    .filter((path) => positionals.length === 0 || positionals.some((filter) => path.includes(filter.replace(/^\.\//, ''))))
    .sort();
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function lastLines(text, count) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

function indent(text) {
  return text.replace(/^/gm, '      ');
}
