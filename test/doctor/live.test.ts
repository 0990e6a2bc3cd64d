import { join } from 'node:path';
import t from 'tap';
import { checks } from '../../src/doctor/checks/index.js';
import { examine } from '../../src/doctor/examine.js';
import { factsOf } from '../../src/doctor/fact.js';
import type { Finding } from '../../src/doctor/finding.js';
import { machineOf } from '../../src/doctor/machine.js';
import { liveHost } from '../../src/host/live-host.js';
import { recordingHost } from '../../src/host/recording-host.js';
import { snapshotHost } from '../../src/host/snapshot-host.js';

const timeless = (findings: readonly Finding[]) => findings.map(({ ms: _, ...finding }) => finding);

t.test('what the doctor finds on this machine, it finds on the snapshot of it', async (t) => {
  const host = recordingHost(liveHost({ environment: process.env }));
  const facts = factsOf(host);
  const machine = await machineOf(facts);
  const live = await examine(facts, { checks });
  t.same(
    live.findings.filter(({ status }) => status === 'crashed'),
    [],
  );
  t.equal(live.findings.length, checks.length);
  t.equal(typeof machine.kernel, 'string');

  const folder = join(t.testdir(), 'snapshot');
  await host.writeTo(folder, 'test');
  const replayed = factsOf(await snapshotHost(folder));
  t.same(await machineOf(replayed), machine);
  t.same(timeless((await examine(replayed, { checks })).findings), timeless(live.findings));
});

t.test('a machine without an NVIDIA GPU has that as its first broken link', async (t) => {
  const facts = factsOf(liveHost({ environment: process.env }));
  const machine = await machineOf(facts);
  if (machine.gpus === null || machine.gpus.length > 0) {
    t.pass('skipped: this machine has a GPU, or hides its PCI bus');
    return;
  }
  const { firstBroken, findings } = await examine(facts, { checks });
  t.equal(firstBroken?.id, 'host/no-nvidia-gpu');
  t.ok(findings.some(({ id, blockedBy }) => id === 'driver/nvidia-smi-fails' && blockedBy === 'host/no-nvidia-gpu'));
  t.ok(
    findings.every(({ id, severity }) => id === 'host/no-nvidia-gpu' || severity !== 'blocker'),
    'nothing else is a blocker',
  );
});
