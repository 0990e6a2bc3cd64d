import t from 'tap';
import { compareVersions } from '../../../src/doctor/versions.js';
import { branchOf } from '../../../src/setup/driver/request.js';
import { computeCapabilities, cudaDrivers, hostCompilers } from '../../../src/setup/tables/cuda.js';
import { distributionOf, distributions, packageSets, signing } from '../../../src/setup/tables/distributions.js';
import { driverBranches, lifeOf } from '../../../src/setup/tables/driver-branches.js';
import { architectures, gpuIds, needsOf, openDefaultFrom, openFrom, openOnlyFrom } from '../../../src/setup/tables/gpus.js';
import { compareInstallers, knowsFlag, runFlags } from '../../../src/setup/tables/run-flags.js';

const rises = <T>(rows: readonly T[], compare: (one: T, other: T) => number) =>
  rows.every((row, i) => i === 0 || compare(rows[i - 1]!, row) < 0);

t.test('device id ranges are ordered, do not overlap, and name known architectures', async (t) => {
  const { ranges } = gpuIds;
  const names = architectures.architectures.map(({ name }) => name);
  for (const [i, { from, to, architecture, firstBranch }] of ranges.entries()) {
    t.ok(from <= to, `${from} to ${to}`);
    if (i > 0) t.ok(ranges[i - 1]!.to < from, `${from} begins after ${ranges[i - 1]!.to}`);
    t.ok(names.includes(architecture), architecture);
    const last = architectures.architectures.find(({ name }) => name === architecture)!.lastBranch;
    if (last !== null) t.ok(firstBranch <= last, `${architecture} begins at ${firstBranch} and ends at ${last}`);
  }
  for (const name of names)
    t.ok(
      ranges.some(({ architecture }) => architecture === name),
      `${name} has device ids`,
    );
});

t.test('architectures grow: what drives a newer one ends no earlier, and needs the open module no less', async (t) => {
  const rows = architectures.architectures;
  const last = (row: (typeof rows)[number]) => row.lastBranch ?? Number.POSITIVE_INFINITY;
  for (const [i, row] of rows.entries()) {
    t.ok(row.open || row.proprietary, `${row.name} has a kernel module`);
    if (i === 0) continue;
    t.ok(last(rows[i - 1]!) <= last(row), `${row.name} after ${rows[i - 1]!.name}`);
    t.notOk(rows[i - 1]!.open && !row.open, `${row.name} is not without the open module after ${rows[i - 1]!.name} had it`);
  }
  t.ok(openFrom < openDefaultFrom && openDefaultFrom < openOnlyFrom);
});

t.test('well-known GPUs are what they are', async (t) => {
  const known: readonly (readonly [device: string, architecture: string])[] = [
    ['0fc6', 'kepler'], // GeForce GTX 650
    ['102d', 'kepler'], // Tesla K80
    ['1023', 'kepler'], // Tesla K40m
    ['1180', 'kepler'], // GeForce GTX 680
    ['1140', 'fermi'], // GeForce 610M
    ['1381', 'maxwell'], // GeForce GTX 750
    ['13c2', 'maxwell'], // GeForce GTX 970
    ['17fd', 'maxwell'], // Tesla M40
    ['15f8', 'pascal'], // Tesla P100
    ['1b38', 'pascal'], // Tesla P40
    ['1d01', 'pascal'], // GeForce GT 1030
    ['1db6', 'volta'], // Tesla V100
    ['1eb8', 'turing'], // Tesla T4
    ['2184', 'turing'], // GeForce GTX 1660
    ['20b5', 'ampere'], // A100
    ['2235', 'ampere'], // A40
    ['2504', 'ampere'], // GeForce RTX 3060
    ['2331', 'hopper'], // H100 PCIe
    ['2335', 'hopper'], // H200
    ['2342', 'hopper'], // GH200
    ['2684', 'ada'], // GeForce RTX 4090
    ['26b9', 'ada'], // L40S
    ['2901', 'blackwell'], // B200
    ['2b85', 'blackwell'], // GeForce RTX 5090
    ['3182', 'blackwell'], // B300
    ['3000', 'rubin'],
  ];
  for (const [device, architecture] of known) {
    t.equal(needsOf(device).architecture, architecture, device);
    t.equal(needsOf(device).assumed, undefined, device);
  }
  t.match(needsOf('2331'), { proprietary: true, open: true, lastBranch: null });
  t.match(needsOf('2342'), { proprietary: false, open: true }, 'Grace needs the open module');
  t.match(needsOf('2b85'), { proprietary: false, open: true });
  t.match(needsOf('1DB6'), { proprietary: true, open: false, lastBranch: 580 }, 'upper case too');
});

t.test('an unknown GPU is taken for what is likely, and that is said', async (t) => {
  t.match(needsOf('4a00'), { architecture: 'rubin', open: true, proprietary: false, assumed: /newer than every GPU/ });
  t.match(needsOf('1e00'), { architecture: 'volta', assumed: /not in our table/ });
});

t.test('the first branch of a range is the driver of the first CUDA that compiles for it', async (t) => {
  // Tables 3.2 and 3.3: the driver in the runfile of the first toolkit with that capability.
  const first = (capability: string) => {
    const { first } = computeCapabilities.find((row) => row.capability === capability)!;
    return branchOf(cudaDrivers.runfile.find(({ cuda }) => cuda === first || cuda.startsWith(`${first}.`))!.driver);
  };
  for (const [device, capability] of [
    ['20b5', '8.0'],
    ['2684', '8.9'],
    ['2331', '9.0'],
    ['2901', '10.0'],
    ['2b85', '12.0'],
    ['3182', '10.3'],
  ] as const) {
    t.equal(needsOf(device).firstBranch, first(capability), `${device} and ${capability}`);
  }
  t.equal(needsOf('2504').firstBranch, first('8.6'));
});

t.test('CUDA tables rise, and each runfile ships a driver that runs it', async (t) => {
  t.ok(rises(cudaDrivers.minimum, (a, b) => compareVersions(a.cuda, b.cuda)));
  t.ok(rises(cudaDrivers.minimum, (a, b) => compareVersions(a.driver, b.driver)));
  t.ok(rises(cudaDrivers.runfile, (a, b) => compareVersions(a.cuda, b.cuda)));
  t.ok(rises(cudaDrivers.runfile, (a, b) => compareVersions(a.driver, b.driver)));
  for (const { cuda, driver } of cudaDrivers.runfile) {
    const minimum = cudaDrivers.minimum.findLast((row) => compareVersions(row.cuda, cuda) <= 0)!;
    t.ok(compareVersions(driver, minimum.driver) >= 0, `${cuda} ships ${driver}, needs ${minimum.driver}`);
  }
  t.ok(rises(computeCapabilities, (a, b) => compareVersions(a.capability, b.capability)));
  for (const { capability, first, last } of computeCapabilities) if (last) t.ok(compareVersions(first, last) <= 0, capability);
  t.ok(rises(hostCompilers, (a, b) => compareVersions(a.cuda, b.cuda)) && rises(hostCompilers, (a, b) => a.gcc - b.gcc));
});

t.test('installer versions order as they were released', async (t) => {
  t.ok(rises(['1.0-6106', '1.0-9626', '180.25', '304.22', '470.42.01', '470.57.02', '580.95.05'], compareInstallers));
  t.equal(compareInstallers('515.43.04', '515.43.04'), 0);
  t.equal(new Set(runFlags.map(({ flag }) => flag)).size, runFlags.length, 'each flag once');
  t.ok(knowsFlag('580.95.05', '--kernel-module-type=open'));
  t.notOk(knowsFlag('550.54.14', '--kernel-module-type=open'));
  t.notOk(knowsFlag('384.81', '--no-dkms'));
  t.ok(knowsFlag('375.26', '--latest'));
  t.notOk(knowsFlag('384.81', '--latest'));
  t.notOk(knowsFlag('580.95.05', '--no-such-flag'));
});

t.test('branches rise, and their lives are told', async (t) => {
  t.ok(rises(driverBranches, (a, b) => a.branch - b.branch));
  t.match(lifeOf(580), /long-term.*2028-06/);
  t.match(lifeOf(123), /does not know/);
});

t.test('every distribution can be planned for', async (t) => {
  for (const row of distributions) {
    const name = `${row.id} ${row.versionId}`;
    t.equal(distributionOf({ id: row.id, idLike: [], versionId: row.versionId, codename: row.codename, pretty: name }), row, name);
    t.ok(row.signing === null || signing[row.signing], `${name}: signing`);
    for (const { branch, packages, transitionalTo } of row.branches) {
      t.ok(packageSets[packages], `${name}: packages of ${branch}`);
      t.ok(driverBranches.some((each) => each.branch === branch) || transitionalTo, `${name}: the life of ${branch}`);
      if (packageSets[packages]!.open) t.ok(branch >= openFrom, `${name}: ${branch} has an open module`);
      if (transitionalTo)
        t.ok(
          row.branches.some((each) => each.branch === transitionalTo && !each.transitionalTo),
          `${name}: ${branch} leads somewhere`,
        );
    }
  }
  t.equal(distributionOf({ id: 'linuxmint', idLike: ['ubuntu'], versionId: '22', codename: 'wilma', pretty: 'Mint' }), undefined);
});
