import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { installed } from './installed.js';

const { addon, skip } = installed();

t.test(
  'worker threads load the addon beside the main one; one is ended in the middle, and the process goes on and ends',
  { skip },
  async (t) => {
    const program = fileURLToPath(new URL('threads.mjs', import.meta.url));
    const env = { ...process.env, GPU_SETUP_TEST_ADDON: JSON.stringify(addon) };
    for (let round = 0; round < 3; round++) {
      const { status, signal, stdout, stderr } = spawnSync(process.execPath, [program], { env, encoding: 'utf8', timeout: 60_000 });
      t.same({ status, signal, stderr }, { status: 0, signal: null, stderr: '' });
      t.same(JSON.parse(stdout), new Array(6).fill(200 ** 3));
    }
  },
);
