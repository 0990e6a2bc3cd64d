import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { commandsIn, gpuSetup, program } from './gpu-setup.js';

// Many child processes: a busy machine takes its time.
t.setTimeout(120_000);

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

t.test('--version prints the version alone', async (t) => {
  t.same(gpuSetup(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' });
});

t.test('--help and every command of it and below it explain themselves on stdout', async (t) => {
  const explain = (path: readonly string[]): number => {
    const { code, stdout, stderr } = gpuSetup([...path, '--help']);
    t.equal(code, 0, `${path.join(' ')} --help`);
    t.equal(stderr, '');
    t.match(stdout, /^Usage: gpu-setup/);
    return commandsIn(stdout).reduce((sum, name) => sum + explain([...path, name]), 1);
  };
  t.ok(explain([]) > 5);
});

t.test('wrong usage ends with 2, says what is wrong, and names the nearest right thing', async (t) => {
  for (const [args, said] of [
    [['doctr'], /unknown command 'doctr'[\s\S]*Did you mean doctor/],
    [['doctor', '--jsn'], /unknown option '--jsn'[\s\S]*Did you mean --json/],
    [['doctor', 'extra'], /too many arguments/],
    [['--colour'], /unknown option '--colour'/],
    [['engine', 'lst'], /unknown command 'lst'/],
    [['test'], /missing required argument/],
  ] as const) {
    const { code, stdout, stderr } = gpuSetup(args);
    t.equal(code, 2, args.join(' '));
    t.equal(stdout, '');
    t.match(stderr, said);
    t.match(stderr, /hint: `gpu-setup.* --help` lists/);
  }
});

t.test('a reader that goes away early is no bug', async (t) => {
  const child = spawn(process.execPath, [program, 'doctor', '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  t.equal(stderr, '');
  t.not(code, 70);
});

t.test('without a terminal a question is an error that names its flag', async (t) => {
  const { code, stdout, stderr } = gpuSetup(['train', 'voc'], { cwd: t.testdir() });
  t.equal(code, 6);
  t.equal(stdout, '');
  t.match(stderr, /^error: .*$/m);
  t.match(stderr, /^hint: .*`--[a-z-]+/m);
});

t.test('no colours reach a pipe', async (t) => {
  const { stdout, stderr } = gpuSetup(['engine', 'list']);
  t.notMatch(`${stdout}${stderr}`, String.fromCharCode(27));
});
