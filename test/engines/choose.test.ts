import t from 'tap';
import { activateBest } from '../../src/engines/activate-best.js';
import { chooseEngine } from '../../src/engines/choose.js';
import type { Engine, EngineName } from '../../src/engines/engine.js';
import { verifyEngine } from '../../src/engines/verify.js';
import { wasmEngine } from '../../src/engines/wasm/engine.js';
import { ExitCode, UserError } from '../../src/errors.js';

const engine = (name: EngineName, available: boolean): Engine => ({
  name,
  status: async () => ({ name, available, detail: available ? 'here' : 'not installed', ...(available ? {} : { hint: `bring ${name}` }) }),
  activate: async () => ({ precision: 'fp32' }),
  memory: async () => undefined,
});
const both = [engine('tensorflow', true), engine('wasm', true)];
const wasmOnly = [engine('tensorflow', false), engine('wasm', true)];

t.test('by name, then by preference, then the best', async (t) => {
  t.match(await chooseEngine(both, { asked: 'wasm', preferred: 'tensorflow' }), { status: { name: 'wasm' }, because: 'asked' });
  t.match(await chooseEngine(both, { asked: undefined, preferred: 'wasm' }), { status: { name: 'wasm' }, because: 'preferred' });
  t.match(await chooseEngine(both, { asked: undefined, preferred: undefined }), { status: { name: 'tensorflow' }, because: 'best' });
  t.match(await chooseEngine(wasmOnly, { asked: undefined, preferred: 'tensorflow' }), {
    status: { name: 'wasm' },
    because: 'best',
    note: /`tensorflow` is not available: not installed/,
  });
});

t.test('one that was asked for and is absent is an error with the command that brings it', async (t) => {
  await t.rejects(chooseEngine(wasmOnly, { asked: 'tensorflow', preferred: undefined }), {
    message: /not available/,
    exitCode: 2,
    hint: '`bring tensorflow`',
  });
  await t.rejects(chooseEngine(wasmOnly, { asked: 'abacus', preferred: undefined }), {
    message: /No engine is called/,
    exitCode: 2,
    hint: /`tensorflow`, `wasm`/,
  });
  await t.rejects(chooseEngine([engine('wasm', false)], { asked: undefined, preferred: undefined }), { message: /No engine/, exitCode: 2 });
});

t.test('one that does not load after all is passed over, unless it was asked for', async (t) => {
  const broken: Engine = {
    ...engine('torch', true),
    activate: async () => {
      throw new UserError('libtorch does not load', { exitCode: ExitCode.failed });
    },
  };
  const refusing: Engine = {
    ...engine('torch', true),
    activate: async () => {
      throw new UserError('not in this precision');
    },
  };
  const warnings: string[] = [];
  const options = { asked: undefined, preferred: 'torch' as const, mode: {}, warn: (message: string) => void warnings.push(message) };
  t.match(await activateBest([broken, ...both], options), { engine: { name: 'tensorflow' }, mode: { precision: 'fp32' } });
  t.match(warnings, [/libtorch does not load; going on with the next engine/]);
  await t.rejects(activateBest([broken, ...both], { ...options, asked: 'torch' }), { message: 'libtorch does not load' });
  await t.rejects(
    activateBest([refusing, ...both], options),
    { message: 'not in this precision' },
    'a wrong wish is not the engine at fault',
  );
  await t.rejects(activateBest([broken], options), { message: /No engine/ });
});

t.test('wasm computes what the plain backend computes', async (t) => {
  const { ok, maxError } = await verifyEngine(wasmEngine);
  t.ok(ok, `largest error ${maxError}`);
  t.ok(maxError > 0, 'the two are different code');
});
