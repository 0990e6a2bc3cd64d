import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { checks } from '../../src/doctor/checks/index.js';
import { examine } from '../../src/doctor/examine.js';
import { factsOf } from '../../src/doctor/fact.js';
import type { CheckId } from '../../src/doctor/finding.js';
import { openHost } from '../../src/host/open-host.js';

const folder = new URL('../fixtures/hosts/', import.meta.url).pathname;

interface Expected {
  readonly firstBroken: CheckId | undefined;
  /** All that hang on it. */
  readonly blocked: readonly CheckId[];
  /** What else is found. */
  readonly beside: readonly CheckId[];
}

const afterModule: readonly CheckId[] = ['driver/nodes-missing', 'driver/nodes-not-accessible', 'driver/uvm-node-missing'];
const libraries: readonly CheckId[] = [
  'driver/libraries-missing',
  'driver/version-mismatch',
  'driver/nvidia-smi-fails',
  'driver/fabric-manager-not-running',
];
const loading: readonly CheckId[] = ['driver/module-not-loaded', 'driver/gpu-not-claimed'];
const missing: readonly CheckId[] = ['driver/module-missing', ...loading, 'driver/next-kernel-without-module'];
const boundElsewhere: readonly CheckId[] = [
  'kernel/modules-not-loadable',
  ...missing.filter((id) => id !== 'driver/next-kernel-without-module'),
  ...afterModule,
  ...libraries,
];

const noToolkit: readonly CheckId[] = ['cuda/no-toolkit'];
const expected: Readonly<Record<string, Expected>> = {
  'empty-vm': {
    firstBroken: 'host/no-nvidia-gpu',
    blocked: [
      'host/pci-regions-unassigned',
      'kernel/nouveau-loaded',
      'kernel/nouveau-not-blacklisted',
      'kernel/gpu-owned-by-other-driver',
      'kernel/modules-not-loadable',
      'kernel/secure-boot-rejects-module',
      'build/gcc-differs-from-kernel',
      'driver/dkms-not-built',
      ...missing,
      ...afterModule,
      ...libraries,
    ],
    beside: ['build/no-kernel-headers', 'build/no-gcc', 'build/no-make', ...noToolkit],
  },
  'nouveau-desktop': {
    firstBroken: 'kernel/nouveau-loaded',
    blocked: [
      'kernel/nouveau-not-blacklisted',
      'kernel/gpu-owned-by-other-driver',
      'kernel/secure-boot-rejects-module',
      'driver/next-kernel-without-module',
      ...boundElsewhere,
    ],
    beside: noToolkit,
  },
  'nova-core': {
    firstBroken: 'kernel/gpu-owned-by-other-driver',
    blocked: ['kernel/secure-boot-rejects-module', 'driver/next-kernel-without-module', ...boundElsewhere],
    beside: noToolkit,
  },
  'vfio-passthrough': {
    firstBroken: 'kernel/gpu-owned-by-other-driver',
    blocked: ['kernel/secure-boot-rejects-module', 'driver/next-kernel-without-module', ...boundElsewhere],
    beside: noToolkit,
  },
  'kernel-update': {
    firstBroken: 'build/no-kernel-headers',
    blocked: ['driver/dkms-not-built', ...missing, ...afterModule, ...libraries],
    beside: noToolkit,
  },
  'dkms-build-failed': { firstBroken: 'driver/dkms-not-built', blocked: [...missing, ...afterModule, ...libraries], beside: noToolkit },
  'fresh-gpu-server': {
    firstBroken: 'driver/module-missing',
    blocked: [...loading, 'driver/next-kernel-without-module', ...afterModule, ...libraries],
    beside: noToolkit,
  },
  'secure-boot-unsigned': {
    firstBroken: 'kernel/secure-boot-rejects-module',
    blocked: [...loading, ...afterModule, 'driver/version-mismatch', 'driver/nvidia-smi-fails', 'driver/fabric-manager-not-running'],
    beside: noToolkit,
  },
  'nodes-missing': {
    firstBroken: 'driver/nodes-missing',
    blocked: ['driver/nodes-not-accessible', 'driver/uvm-node-missing', 'driver/nvidia-smi-fails', 'driver/fabric-manager-not-running'],
    beside: noToolkit,
  },
  'unattended-upgrade': { firstBroken: 'driver/version-mismatch', blocked: ['driver/nvidia-smi-fails'], beside: noToolkit },
  'hung-nvidia-smi': { firstBroken: 'driver/nvidia-smi-fails', blocked: [], beside: noToolkit },
  'healthy-server': { firstBroken: undefined, blocked: [], beside: [] },
};

t.test('no fixture makes a check crash, and each says what machine it is', async (t) => {
  const names = readdirSync(folder);
  for (const name of Object.keys(expected)) t.ok(names.includes(name), name);
  for (const name of names) {
    t.ok(readFileSync(`${folder}${name}/README.md`, 'utf8').length > 0, name);
    const { findings } = await examine(factsOf(await openHost(`${folder}${name}`)), { checks });
    t.same(
      findings.filter(({ status }) => status === 'crashed'),
      [],
      name,
    );
  }
});

for (const [name, { firstBroken, blocked, beside }] of Object.entries(expected)) {
  t.test(name, async (t) => {
    const { findings, firstBroken: broken } = await examine(factsOf(await openHost(`${folder}${name}`)), { checks });
    t.equal(broken?.id, firstBroken);
    const ids = (fits: (finding: (typeof findings)[number]) => boolean) => findings.filter(fits).map(({ id }) => id);
    t.same(ids(({ status }) => status === 'blocked').sort(), [...blocked].sort());
    t.ok(
      findings.every(({ status, blockedBy }) => status !== 'blocked' || blockedBy === firstBroken),
      'all of them hang on the first broken link',
    );
    t.same(ids(({ status, id }) => status === 'found' && id !== firstBroken).sort(), [...beside].sort());
    t.same(
      ids(({ status }) => status === 'undetermined' || status === 'crashed'),
      [],
      'nothing is left open on a machine that was recorded whole',
    );
    if (broken) t.ok(broken.evidence.length > 0 && broken.why && broken.remedy, 'the broken link has evidence, a reason and a cure');
  });
}
