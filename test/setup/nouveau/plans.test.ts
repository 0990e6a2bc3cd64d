import t from 'tap';
import { factsOf } from '../../../src/doctor/fact.js';
import { openHost } from '../../../src/host/open-host.js';
import { planText } from '../../../src/report/plan-text.js';
import { planNoNouveau } from '../../../src/setup/nouveau/plan-no-nouveau.js';
import { planNouveau } from '../../../src/setup/nouveau/plan-nouveau.js';
import { parsePlan } from '../../../src/setup/parse-plan.js';
import type { Plan, Refusal } from '../../../src/setup/plan.js';
import { type Machine, machine } from '../rooted-machine.js';

const release = '6.1.0-28-amd64';
const gpu = '/sys/bus/pci/devices/0000:01:00.0';
const base: Readonly<Record<string, string>> = {
  '/etc/os-release': 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n',
  '/etc/machine-id': '0123456789abcdef0123456789abcdef\n',
  '/proc/sys/kernel/random/boot_id': 'b1f0c7d2-6a55-4e0f-9d3c-0c2f6a4d1e01\n',
  '/proc/sys/kernel/osrelease': `${release}\n`,
  '/proc/version': 'Linux version 6.1\n',
  '/proc/modules': 'nouveau 2437120 2 - Live 0x0\n',
  '/proc/cmdline': 'BOOT_IMAGE=/vmlinuz ro quiet\n',
  [`/lib/modules/${release}/kernel/x`]: '',
  [`/lib/modules/${release}/modules.builtin`]: 'kernel/fs/ext4/ext4.ko\n',
  [`/boot/initrd.img-${release}`]: '',
  '/usr/sbin/update-initramfs': '',
  [`${gpu}/vendor`]: '0x10de\n',
  [`${gpu}/device`]: '0x2684\n',
  [`${gpu}/class`]: '0x030000\n',
};
const debian: Machine = {
  files: base,
  links: { [`${gpu}/driver`]: '../../bus/pci/drivers/nouveau' },
  says: { 'systemd-detect-virt': 'none\n', 'uname -m': 'x86_64\n', [`lsinitramfs /boot/initrd.img-${release}`]: 'etc/modprobe.d/x.conf\n' },
};
/** The lines of a plan that say what is done. */
const ids = ({ steps }: Plan) => steps.map(({ id }) => id);
const disable = async (t: Parameters<typeof machine>[0], made: Machine, commandLine = false): Promise<Plan> => {
  const plan = await planNoNouveau(factsOf(machine(t, made)), { commandLine }, 'gpu-setup test');
  if (plan.outcome === 'refused') throw new Error(plan.reasons[0].reason);
  // What `--json` writes is what `apply` takes.
  return parsePlan(JSON.stringify(plan), 'plan.json');
};
const enable = async (t: Parameters<typeof machine>[0], made: Machine): Promise<Plan | Refusal> =>
  planNouveau(factsOf(machine(t, made)), 'gpu-setup test');
const with_ = (made: Machine, files: Readonly<Record<string, string | Uint8Array | undefined>>, more: Partial<Machine> = {}): Machine => ({
  ...made,
  ...more,
  files: Object.fromEntries(
    Object.entries({ ...made.files, ...files }).filter((each): each is [string, string | Uint8Array] => each[1] !== undefined),
  ),
  says: { ...made.says, ...more.says },
});

t.test('modprobe.d and every image are enough on Debian, and a reboot takes nouveau off the GPU', async (t) => {
  const plan = await disable(t, debian);
  t.same(ids(plan), ['blacklist-nouveau', 'rebuild-initramfs', 'reboot']);
  t.same(
    plan.afterReboot.map(({ id, alreadyDone }) => [id, alreadyDone]),
    [['check-gpu-owner', null]],
  );
  t.notOk(plan.complete);
  t.match(plan.decisions, [
    { what: 'command-line', choice: 'no' },
    { what: 'reboot', choice: 'yes', why: /nouveau is in the kernel/ },
  ]);
  t.match(plan.steps[0]?.files[0]?.diff, /\+# `gpu-setup undo` takes it away/);
  t.match(
    planText(plan, (_, word) => word),
    /^Plan: keep the kernel's own drivers off the GPU\n[\s\S]*goes on from there/,
  );
});

t.test('where neither is loaded, who has the GPU is looked at in the end', async (t) => {
  const quiet = with_(
    debian,
    { '/proc/modules': 'nvidia 1 0 - Live 0x0\n' },
    { links: { [`${gpu}/driver`]: '../../bus/pci/drivers/nvidia' } },
  );
  const plan = await disable(t, quiet);
  t.same(ids(plan), ['blacklist-nouveau', 'rebuild-initramfs', 'check-gpu-owner']);
  t.equal(plan.steps.at(-1)?.alreadyDone, false, 'again, after what is still to be done');
});

t.test('the command line is changed where modprobe.d is not enough, and the plan says why', async (t) => {
  const grub = {
    '/usr/sbin/update-grub': '',
    '/etc/default/grub': 'GRUB_CMDLINE_LINUX=""\n',
    '/usr/sbin/grub-mkconfig': '. /etc/default/grub.d/x\n',
  };
  const named = await disable(t, with_(debian, { ...grub, '/etc/modules': 'nouveau\n' }));
  t.same(ids(named), ['blacklist-nouveau', 'change-command-line', 'update-boot-menu', 'rebuild-initramfs', 'reboot']);
  t.match(named.decisions[0], { choice: 'module_blacklist=nouveau,nova_core', why: /\/etc\/modules:1 loads nouveau by its name/ });
  t.match(named.steps[1]?.files, [
    { path: '/etc/default/grub.d/gpu-setup-nouveau.cfg', change: 'create', diff: /\+# Written by gpu-setup/ },
  ]);
  t.match(named.steps[2]?.commands, [{ program: 'update-grub' }]);

  const old = await disable(t, with_(debian, { ...grub, '/usr/sbin/grub-mkconfig': 'no drop-ins\n', '/etc/modules': 'nouveau\n' }));
  t.match(old.steps[1]?.files, [
    { path: '/etc/default/grub', change: 'modify', diff: /\+GRUB_CMDLINE_LINUX="module_blacklist=nouveau,nova_core"/ },
  ]);

  const inside = await disable(
    t,
    with_(debian, { ...grub, [`/lib/modules/${release}/modules.builtin`]: 'kernel/drivers/gpu/drm/nouveau/nouveau.ko\n' }),
  );
  t.match(inside.decisions[0], { choice: 'nouveau.modeset=0', why: /a part of the kernel 6\.1\.0-28-amd64/ });
  t.match((await disable(t, with_(debian, grub), true)).decisions[0], {
    choice: 'modprobe.blacklist=nouveau,nova_core',
    why: /`--command-line`/,
  });

  const redhat = with_(
    debian,
    {
      '/usr/sbin/update-initramfs': undefined,
      '/usr/bin/dracut': '',
      '/usr/sbin/grubby': '',
      [`/boot/initrd.img-${release}`]: undefined,
      [`/boot/initramfs-${release}.img`]: '',
    },
    { says: { 'grubby --info=ALL': 'args="ro"\n' } },
  );
  const dracut = await disable(t, redhat);
  t.match(dracut.steps[1], {
    alreadyDone: false,
    commands: [
      {
        program: 'grubby',
        args: ['--update-kernel=ALL', '--args=rd.driver.blacklist=nouveau,nova_core modprobe.blacklist=nouveau,nova_core'],
      },
    ],
  });
  t.match(dracut.steps[2]?.commands, [{ program: 'dracut', args: ['--force', '--kver', release, `/boot/initramfs-${release}.img`] }]);

  const pop = await disable(t, with_(debian, { '/etc/kernelstub/configuration': '{"user": {"kernel_options": ["quiet"]}}' }), true);
  t.match(pop.steps[1]?.commands, [{ program: 'kernelstub', args: ['--add-options', 'modprobe.blacklist=nouveau,nova_core'] }]);
  const systemd = await disable(t, with_(debian, { '/etc/kernel/cmdline': 'root=/dev/sda ro\n' }), true);
  t.match(systemd.steps[1]?.files, [{ path: '/etc/kernel/cmdline', diff: /\+root=\/dev\/sda ro modprobe\.blacklist=nouveau,nova_core/ }]);
  t.match(systemd.steps[2]?.commands, [{ program: 'kernel-install', args: ['add', release] }]);
});

t.test('where the boot loader is not known, a command line that is needed is refused with the words to add', async (t) => {
  const plan = await planNoNouveau(factsOf(machine(t, with_(debian, { '/etc/modules': 'nouveau\n' }))), { commandLine: false }, 'x');
  t.match(plan, { outcome: 'refused', reasons: [{ reason: /no boot loader is found/, hint: /add `module_blacklist=nouveau,nova_core`/ }] });
});

t.test('in a container and in WSL there is nothing to forbid', async (t) => {
  for (const [says, reason] of [
    [{ 'systemd-detect-virt': 'docker\n' }, /This is a container \(docker\)/],
    [{ 'systemd-detect-virt': 'none\n' }, /This is WSL/],
  ] as const) {
    const made = with_(debian, /WSL/.test(reason.source) ? { '/proc/version': 'Linux version 5.15 microsoft-standard-WSL2\n' } : {}, {
      says,
    });
    t.match(await planNoNouveau(factsOf(machine(t, made)), { commandLine: false }, 'x'), {
      outcome: 'refused',
      reasons: [{ reason, exitCode: 1 }],
    });
  }
});

t.test("enabling takes back what anybody put there: our file, the installer's, others' lines, the command line", async (t) => {
  const made = with_(
    debian,
    {
      '/proc/modules': 'ext4 1 0 - Live 0x0\n',
      '/etc/modprobe.d/gpu-setup-nouveau.conf': '# ours\nblacklist nouveau\nblacklist nova_core\n',
      '/etc/modprobe.d/nvidia-installer-disable-nouveau.conf':
        '# generated by nvidia-installer\nblacklist nouveau\noptions nouveau modeset=0\n',
      '/usr/lib/modprobe.d/nvidia-installer-disable-nouveau-too.conf': 'blacklist nouveau\n',
      '/usr/lib/modprobe.d/of-a-package.conf': 'blacklist nouveau\nblacklist pcspkr\n',
      '/etc/modprobe.d/mine.conf': 'blacklist pcspkr\nblacklist nouveau\n',
      '/usr/sbin/update-grub': '',
      '/usr/sbin/grub-mkconfig': '. /etc/default/grub.d/x\n',
      '/etc/default/grub': 'GRUB_CMDLINE_LINUX_DEFAULT="quiet modprobe.blacklist=nouveau"\n',
      '/etc/default/grub.d/gpu-setup-nouveau.cfg': 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX module_blacklist=nouveau,nova_core"\n',
    },
    {
      links: {},
      says: { 'dpkg-query --search /usr/lib/modprobe.d/of-a-package.conf': 'some-package: /usr/lib/modprobe.d/of-a-package.conf\n' },
    },
  );
  const plan = (await enable(t, made)) as Plan;
  const changes = Object.fromEntries(plan.steps.flatMap(({ files }) => files.map(({ path, change }) => [path, change])));
  t.same(changes, {
    '/etc/modprobe.d/gpu-setup-nouveau.conf': 'delete',
    '/etc/modprobe.d/mine.conf': 'modify',
    '/etc/modprobe.d/nvidia-installer-disable-nouveau.conf': 'delete',
    '/usr/lib/modprobe.d/nvidia-installer-disable-nouveau-too.conf': 'delete',
    '/etc/modprobe.d/of-a-package.conf': 'create',
    '/etc/default/grub': 'modify',
    '/etc/default/grub.d/gpu-setup-nouveau.cfg': 'delete',
  });
  t.match(
    plan.steps.find(({ id }) => id === 'allow-nouveau-5')?.files[0]?.diff ?? '',
    /hides \/usr\/lib\/modprobe\.d\/of-a-package\.conf[\s\S]*\+blacklist pcspkr/,
  );
  t.match(plan.steps.find(({ id }) => id === 'update-boot-menu')?.params, {
    holds: [],
    lacks: ['modprobe.blacklist=nouveau', 'module_blacklist=nouveau,nova_core'],
  });
  const images = plan.steps.find(({ id }) => id === 'rebuild-initramfs')!;
  t.match(images.params, { holds: null, newerThan: ['/etc/modprobe.d/mine.conf', '/etc/modprobe.d/of-a-package.conf'] });
  t.equal(plan.steps.at(-1)?.id, 'reboot');
  t.same(parsePlan(JSON.stringify(plan), 'plan.json').goal, 'nouveau');
});

t.test("enabling is refused while NVIDIA's driver is here, and the refusal names the command", async (t) => {
  const hint = /gpu-setup uninstall-driver --enable-nouveau/;
  t.match(await enable(t, with_(debian, { '/usr/bin/nvidia-uninstall': '' })), {
    outcome: 'refused',
    reasons: [{ reason: /\.run installer/, hint, exitCode: 1 }],
  });
  const packaged = await planNouveau(
    factsOf(await openHost(new URL('../../fixtures/hosts/ubuntu-24.04-driver-580', import.meta.url).pathname)),
    'x',
  );
  t.match(packaged, { outcome: 'refused', reasons: [{ reason: /The package nvidia-/, hint }] });
});

t.test('nothing forbids it, so nothing is to do', async (t) => {
  const plan = (await enable(t, debian)) as Plan;
  t.same(ids(plan), ['check-gpu-owner']);
  t.equal(plan.steps[0]?.alreadyDone, true);
});
