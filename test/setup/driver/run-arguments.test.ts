import fc from 'fast-check';
import t from 'tap';
import { parseDeviceId, parseRunFile } from '../../../src/setup/driver/request.js';
import { type RunWishes, runArguments } from '../../../src/setup/driver/run-arguments.js';
import { knowsFlag } from '../../../src/setup/tables/run-flags.js';

const signing = { key: '/k', certificate: '/c' };
const wish: RunWishes = {
  version: '',
  flavour: 'proprietary',
  dkms: true,
  openglFiles: true,
  compat32: false,
  signing: undefined,
  overrideAlternateInstall: false,
};

t.test('the arguments are those that this version knows', async (t) => {
  const table: readonly (readonly [Partial<RunWishes>, readonly string[]])[] = [
    [{ version: '304.137' }, ['--silent', '--dkms']],
    [{ version: '375.26', openglFiles: false }, ['--silent', '--dkms', '--no-opengl-files']],
    [{ version: '390.157', signing }, ['--silent', '--dkms', '--module-signing-secret-key=/k', '--module-signing-public-key=/c']],
    [{ version: '470.256.02', overrideAlternateInstall: true }, ['--silent', '--dkms', '--no-check-for-alternate-installs']],
    [{ version: '535.261.03', flavour: 'open' }, ['--silent', '--dkms', '--kernel-module-build-directory=kernel-open']],
    [{ version: '535.261.03' }, ['--silent', '--dkms']],
    [{ version: '545.23.06' }, ['--silent', '--dkms', '--no-rebuild-initramfs']],
    [
      { version: '550.54.14', flavour: 'open' },
      ['--silent', '--dkms', '--kernel-module-build-directory=kernel-open', '--no-rebuild-initramfs'],
    ],
    [{ version: '340.108', compat32: true }, ['--silent', '--dkms']],
    [{ version: '346.16', compat32: true }, ['--silent', '--dkms', '--install-compat32-libs']],
    [{ version: '555.42.02' }, ['--silent', '--dkms', '--kernel-module-type=proprietary', '--no-rebuild-initramfs']],
    [{ version: '580.95.05', flavour: 'open', dkms: false }, ['--silent', '--kernel-module-type=open', '--no-rebuild-initramfs']],
  ];
  for (const [wishes, args] of table) t.same(runArguments({ ...wish, ...wishes }), { possible: true, args }, wishes.version ?? '');
});

t.test('what a version cannot do is said, not sent', async (t) => {
  t.match(runArguments({ ...wish, version: '470.256.02', flavour: 'open' }), { possible: false, why: /no open kernel module/ });
  t.match(runArguments({ ...wish, version: '295.17' }), { possible: false, why: /--dkms/ });
  t.match(runArguments({ ...wish, version: '304.137', signing }), { possible: false, why: /--module-signing-secret-key/ });
});

t.test('no version is ever sent a flag that it lacks', async () => {
  const number = (max: number) => fc.integer({ min: 0, max });
  const wishes = fc.record({
    version: fc.tuple(fc.integer({ min: 170, max: 700 }), number(200), number(20)).map((parts) => parts.join('.')),
    flavour: fc.constantFrom('open' as const, 'proprietary' as const),
    dkms: fc.boolean(),
    openglFiles: fc.boolean(),
    compat32: fc.boolean(),
    signing: fc.constantFrom(undefined, signing),
    overrideAlternateInstall: fc.boolean(),
  });
  fc.assert(
    fc.property(wishes, (each) => {
      const answer = runArguments(each);
      return !answer.possible || answer.args.every((flag) => knowsFlag(each.version, flag));
    }),
  );
});

t.test('the name of an installer tells its driver', async (t) => {
  t.match(parseRunFile('/root/NVIDIA-Linux-x86_64-580.95.05.run'), { architecture: 'x86_64', version: '580.95.05' });
  t.match(parseRunFile('/NVIDIA-Linux-x86_64-375.26-no-compat32.run'), { version: '375.26' });
  t.match(parseRunFile('/a/NVIDIA-Linux-aarch64-590.48.01.run'), { architecture: 'aarch64' });
  for (const name of [
    '/driver.run',
    '/NVIDIA-Linux-x86_64.run',
    '/NVIDIA-Linux-x86_64-580.95.05.run.part',
    '/xNVIDIA-Linux-x86_64-580.95.05.run',
  ] as const) {
    t.throws(() => parseRunFile(name), { message: /does not tell/, exitCode: 2 });
  }
  t.same(['2684', '0x2684', '10de:2684', '1DB6'].map(parseDeviceId), ['2684', '2684', '2684', '1db6']);
  t.throws(() => parseDeviceId('1002:73bf'), { message: /no PCI device id/ });
});
