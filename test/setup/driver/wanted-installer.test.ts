import t from 'tap';
import { factsOf } from '../../../src/doctor/fact.js';
import type { Host } from '../../../src/host/host.js';
import { openHost } from '../../../src/host/open-host.js';
import { planDriver } from '../../../src/setup/driver/plan-driver.js';
import type { DriverRequest } from '../../../src/setup/driver/request.js';
import { parsePlan } from '../../../src/setup/parse-plan.js';
import type { Plan, Refusal } from '../../../src/setup/plan.js';
import { kernelMisfit, tooNew } from '../../../src/setup/tables/driver-kernels.js';
import { installerRow, runInstallers } from '../../../src/setup/tables/run-installers.js';

const plain: DriverRequest = {
  dkms: true,
  from: 'run',
  run: undefined,
  driver: undefined,
  kernelModule: 'auto',
  openglFiles: undefined,
  assumeGpus: [],
};
const fixture = (name: string) => openHost(new URL(`../../fixtures/hosts/${name}`, import.meta.url).pathname);
const planned = async (
  name: string,
  request: Partial<DriverRequest> = {},
  change: (host: Host) => Host = (host) => host,
): Promise<Plan | Refusal> => planDriver(factsOf(change(await fixture(name))), { ...plain, ...request }, 'gpu-setup test');

t.test('without a file the newest long-term installer whose checksum is known is downloaded first of all', async (t) => {
  const plan = (await planned('debian-12-h100')) as Plan;
  const [first] = plan.steps;
  t.match(first, {
    id: 'download-installer',
    params: {
      urls: [
        'https://us.download.nvidia.com/XFree86/Linux-x86_64/580.105.08/NVIDIA-Linux-x86_64-580.105.08.run',
        /^https:\/\/download\.nvidia/,
      ],
      path: '/var/cache/gpu-setup/NVIDIA-Linux-x86_64-580.105.08.run',
      sha256: installerRow('580.105.08', 'x86_64')!.sha256,
    },
    needs: ['root', 'network'],
  });
  const install = [...plan.steps, ...plan.afterReboot].find(({ id }) => id === 'install-driver')!;
  t.match(install.params, { sha256: installerRow('580.105.08', 'x86_64')!.sha256 }, 'what is run is what was pinned');
  t.match(install.commands, [{ program: 'sh', args: ['/var/cache/gpu-setup/NVIDIA-Linux-x86_64-580.105.08.run', '--silent'] }]);
  t.match(plan.request, { from: 'run' });
  t.notMatch(plan.request, { run: String }, 'after a reboot it is looked for again');
  t.same(parsePlan(JSON.stringify(plan), 'p').steps.length, plan.steps.length);
  t.match(((await planned('debian-12-h100', { driver: '550' })) as Plan).steps[0]?.params, { path: /550\.78\.run$/ });
  t.match(((await planned('ubuntu-24.04-pascal')) as Plan).steps[0]?.params, { path: /580\./ }, 'the last branch for Pascal');
});

t.test('an installer without a known checksum is not downloaded, unless somebody says it', async (t) => {
  const sum = 'ab'.repeat(32);
  t.match(await planned('debian-12-h100', { driver: '580.65.06' }), {
    outcome: 'refused',
    reasons: [{ exitCode: 2, reason: /No checksum is known of driver 580\.65\.06/, hint: /--sha256 SUM.*580\.105\.08/ }],
  });
  const told = (await planned('debian-12-h100', { driver: '580.65.06', sha256: sum })) as Plan;
  t.match(told.steps[0]?.params, { sha256: sum, urls: [/XFree86/, /XFree86/, /tesla/, /tesla/] });
  t.match(told.request, { sha256: sum });
  t.match(await planned('debian-12-h100', { driver: '580.95.05', sha256: sum }), {
    outcome: 'refused',
    reasons: [{ reason: /is not the checksum that is known/ }],
  });
  t.match(await planned('debian-12-h100', { driver: '610' }), {
    outcome: 'refused',
    reasons: [{ reason: /No installer with a known checksum.*in branch 610/ }],
  });
  await t.rejects(planned('debian-12-h100', { sha256: sum }), { message: /--sha256/, exitCode: 2 });
  await t.rejects(planned('debian-12-h100', { driver: '580.95.05', sha256: 'short' }), { message: /no SHA-256/ });
});

t.test('a driver too old or too new for the kernel is refused with what would work', async (t) => {
  const kernel =
    (release: string) =>
    (host: Host): Host => ({
      ...host,
      read: async (path, encoding) =>
        path === '/proc/sys/kernel/osrelease' ? { outcome: 'text', text: `${release}\n` } : host.read(path, encoding),
    });
  t.match(await planned('debian-12-h100', { driver: '580.95.05' }, kernel('6.19.2-amd64')), {
    outcome: 'refused',
    reasons: [
      {
        exitCode: 1,
        reason: /580\.95\.05 is too old for the kernel 6\.19\.2-amd64.*from 6\.19 on/,
        hint: /--from run --driver 590\.44\.01.*or boot a kernel before 6\.19, such as 6\.1\.0-28-amd64/,
      },
    ],
  });
  t.match(await planned('debian-12-h100', { driver: '550.78' }, kernel('2.6.32-5-amd64')), {
    reasons: [{ reason: /too new for the kernel 2\.6\.32.*wants 3\.10 or newer/, hint: /a kernel of 3\.10 or newer/ }],
  });
  t.match(
    ((await planned('debian-12-h100', {}, kernel('6.19.2-amd64'))) as Plan).steps[0]?.params,
    { path: /590\.44\.01/ },
    'the choice knows it',
  );
});

t.test('the tables hold together', async (t) => {
  t.same(new Set(runInstallers.map(({ version, architecture }) => `${version} ${architecture}`)).size, runInstallers.length);
  t.same(new Set(runInstallers.map(({ sha256 }) => sha256)).size, runInstallers.length, 'no checksum was copied into another row');
  for (const { upTo, before } of tooNew) {
    t.match(kernelMisfit(upTo, `${before}.0-x`), { how: 'too-new' });
    t.equal(kernelMisfit(upTo, '4.19.0-x')?.how, undefined, `${upTo} builds for what it was made for`);
  }
  t.equal(kernelMisfit('580.142', '6.19.0'), undefined, 'a later version of the branch may know the kernel');
});
