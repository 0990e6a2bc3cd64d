import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { gpuSetup } from './gpu-setup.js';

// Many child processes: a busy machine takes its time.
t.setTimeout(120_000);

interface Listed {
  readonly chosen: string;
  readonly note?: string;
  readonly engines: readonly {
    readonly name: string;
    readonly available: boolean;
    readonly detail: string;
    readonly hint?: string;
    readonly memory?: Readonly<Record<string, number>>;
  }[];
}

const listed = (env: Record<string, string> = {}, ...flags: string[]) => {
  const { code, stdout, stderr } = gpuSetup(['engine', 'list', '--json', ...flags], { env });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Listed;
};

t.test('with nothing installed: the best first, each with what would bring it, and wasm chosen', async (t) => {
  const env = { GPU_SETUP_DATA_DIR: t.testdir(), GPU_SETUP_CONFIG_DIR: t.testdirName };
  const { engines, chosen } = listed(env);
  t.match(engines, [
    { name: 'torch', available: false, detail: 'not installed', hint: 'gpu-setup engine install torch' },
    { name: 'tensorflow', available: false, detail: 'not installed', hint: 'gpu-setup engine install tensorflow' },
    { name: 'wasm', available: true },
  ]);
  t.equal(chosen, 'wasm');
  const { stdout } = gpuSetup(['engine', 'list', '--memory'], { env });
  t.match(stdout, /^ {2}torch +not available: not installed\n {4}hint: `gpu-setup engine install torch`$/m);
  t.match(stdout, /^\* wasm +available: .*\n {4}memory: heap \d+\.\d MiB, resident \d+\.\d MiB$/m);
  const absent = gpuSetup(['engine', 'verify', 'torch'], { env });
  t.equal(absent.code, 2);
  t.match(absent.stderr, /`torch` is not available: not installed\nhint: `gpu-setup engine install torch`/);
});

t.test('a manifest that is nonsense is a reason, and the next engine is chosen', async (t) => {
  const env = { GPU_SETUP_DATA_DIR: t.testdir(), GPU_SETUP_CONFIG_DIR: t.testdirName };
  mkdirSync(join(env.GPU_SETUP_DATA_DIR, 'engines/torch'), { recursive: true });
  writeFileSync(join(env.GPU_SETUP_DATA_DIR, 'engines/torch/manifest.json'), '{"format":');
  writeFileSync(join(env.GPU_SETUP_CONFIG_DIR, 'config.yaml'), 'engine: torch\n');
  const { engines, chosen, note } = listed(env);
  t.match(engines[0], { name: 'torch', available: false, detail: /manifest\.json` cannot be used/ });
  t.equal(chosen, 'wasm');
  t.match(note, /preferred engine `torch` is not available/);
});

const here = listed();
const torch = here.engines.find(({ name }) => name === 'torch')!;
const skip = torch.available ? false : `the engine \`torch\` is not installed: ${torch.detail}`;

t.test("an installed engine's allocator speaks of a process of its own", { skip }, async (t) => {
  const { engines } = listed({}, '--memory');
  const memory = engines.find(({ name }) => name === 'torch')!.memory!;
  t.ok(memory.peakBytes! > 0 && memory.residentBytes! > memory.peakBytes!, JSON.stringify(memory));
});

t.test('another libtorch in the process is a reason, not a crash', { skip }, async (t) => {
  const folder = t.testdir({ 'empty.cc': 'int nothing() { return 0; }\n' });
  const other = join(folder, 'libtorch_cpu.so');
  const { status } = spawnSync('g++', ['-shared', '-fPIC', '-o', other, join(folder, 'empty.cc')]);
  t.equal(status, 0);
  const { engines, chosen } = listed({ LD_PRELOAD: other });
  t.match(engines[0], { available: false, detail: new RegExp(`another libtorch, \`${other}\`, is loaded in this process`) });
  t.not(chosen, 'torch');
});
