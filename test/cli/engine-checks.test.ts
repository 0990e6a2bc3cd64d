import t from 'tap';
import { engineChecks } from '../../src/cli/engine-checks.js';
import { factsOf } from '../../src/doctor/fact.js';
import type { EngineStatus } from '../../src/engines/engine.js';
import { liveHost } from '../../src/host/live-host.js';
import { rootedHost } from '../../src/host/rooted-host.js';

const wasm: EngineStatus = { name: 'wasm', available: true, detail: 'WebAssembly SIMD' };
const tensorflow: EngineStatus = {
  name: 'tensorflow',
  available: false,
  detail: 'not installed',
  hint: 'gpu-setup engine install tensorflow',
};

/** The checks' verdicts, and how often each engine was asked. */
async function verdicts(statuses: readonly EngineStatus[], host = liveHost({ environment: {} })) {
  let asked = 0;
  const checks = engineChecks(
    statuses.map((status) => ({
      name: status.name,
      async status() {
        asked += 1;
        return status;
      },
    })),
  );
  const facts = factsOf(host);
  return {
    verdicts: Object.fromEntries(await Promise.all(checks.map(async (check) => [check.id, await check.examine(facts)] as const))),
    asked: () => asked,
  };
}

t.test('one engine is enough: another that is missing is a note with the command that brings it', async (t) => {
  const { verdicts: judged, asked } = await verdicts([tensorflow, wasm]);
  t.match(judged['engine/wasm'], { status: 'clear', summary: 'WebAssembly SIMD' });
  t.match(judged['engine/tensorflow'], {
    problem: { severity: 'note', evidence: ['not installed'], remedy: { commands: ['gpu-setup engine install tensorflow'] } },
  });
  t.equal(asked(), 2, 'each engine is asked once');
});

t.test('no engine at all is a blocker', async (t) => {
  const { verdicts: judged } = await verdicts([tensorflow, { ...wasm, available: false, detail: 'no SIMD' }]);
  t.match(judged['engine/wasm'], { problem: { severity: 'blocker', evidence: ['no SIMD'] } });
});

t.test('engines run here, not on the machine that --host names', async (t) => {
  const { verdicts: judged, asked } = await verdicts([wasm], rootedHost('/nowhere'));
  t.match(judged['engine/wasm'], { status: 'not-applicable' });
  t.equal(asked(), 0);
});
