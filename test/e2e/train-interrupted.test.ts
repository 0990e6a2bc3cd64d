import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { gpuSetup, program } from './gpu-setup.js';

// Many child processes: a busy machine takes its time.
t.setTimeout(120_000);

/** Trains, sends SIGINT as soon as an iteration was reported, and answers how it ended. */
function interruptedTraining(args: readonly string[]): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const child = spawn(process.execPath, [program, 'train', 'voc', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  let asked = false;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    if (asked || !/\biteration \d+, epoch/.test(stderr)) return;
    asked = true;
    child.kill('SIGINT');
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr })));
}

const checkpoints = (workDir: string) => readdirSync(join(workDir, 'checkpoints')).filter((name) => name.endsWith('.safetensors'));
const iterationOf = (name: string | undefined) => Number(/(\d+)/.exec(name ?? '')?.[1]);

t.test('SIGINT saves a checkpoint and ends with 130, and --resume goes on from there', async (t) => {
  const folder = t.testdir();
  const [data, workDir] = [join(folder, 'shapes'), join(folder, 'run')];
  t.equal(gpuSetup(['data', 'make', 'shapes', '--out', data, '--images', '40']).code, 0);

  const first = await interruptedTraining(['--data', data, '--work-dir', workDir, '--epochs', '1000']);
  t.equal(first.code, 130, 'interrupted', { stderr: first.stderr });
  const saved = iterationOf(checkpoints(workDir).at(-1));
  t.ok(saved >= 1, 'a checkpoint of the iterations made');
  t.match(first.stderr, /hint: `gpu-setup train voc --resume/);

  const second = await interruptedTraining(['--resume', '--work-dir', workDir]);
  t.equal(second.code, 130, 'interrupted again', { stderr: second.stderr });
  t.match(second.stderr, `from iteration ${saved} on`);
  t.ok(iterationOf(checkpoints(workDir).sort().at(-1)) > saved, 'it went on');
});
