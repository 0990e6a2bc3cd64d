import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { checks } from '../../src/doctor/checks/index.js';
import { signatures } from '../../src/setup/tables/signatures.js';

/** Every failure that the facts page numbers, in its order: `explain` knows it from a log, and the doctor where a machine shows it. */
const numbered = [
  // Module and binding
  ...['nvml-mismatch', 'smi-no-driver', 'nouveau-bound', 'nouveau-initramfs', 'nova-bound', 'vfio-or-other-bound', 'no-gpu'],
  ...['none-initialized', 'open-no-gsp', 'legacy-gpu', 'gpu-too-new', 'rm-init', 'fallen-off-bus', 'bar-invalid', 'mem-region'],
  ...['hmm-init3', 'uvm-missing', 'dev-nodes-missing', 'persistence-deprecated'],
  // Build, headers, DKMS
  ...['dkms-build-failed', 'dkms-no-headers', 'run-no-sources', 'symvers', 'cc-version', 'preempt-rt', 'dkms-already'],
  ...['dkms-not-registered', 'apport-unsupported', 'no-cc', 'no-libc-dev', 'module-type-absent'],
  // Secure Boot
  ...['sb-rejected', 'sb-run', 'sb-lockdown'],
  // Installers
  ...['module-loaded', 'x-running', 'alternate-install', 'cuda-runfile-driver', 'cuda-log-segv', 'perl-inc', 'missing-rec-lib'],
  ...['opengl-overwrite', 'file-overwrite', 'mixed-repos', 'held', 'apt-removes-desktop', 'glx-diversions', 'gpg-rotated'],
  'local-repo-gone',
  // Toolkit
  ...['gcc-too-new', 'nvcc-arch', 'driver-too-old', 'samples-makefile-gone'],
  // CUDA at run time
  ...['err-803', 'err-804', 'err-802', 'fm-version', 'mig-shape', 'ecc-xid'],
  // Frameworks
  ...['no-kernel-image', 'tf-libs', 'cudnn-mismatch', 'tf-ptx-jit', 'tfjs-node23', 'tfjs-prebuilt-404', 'tfjs-binding-missing'],
  ...['wheel-tag', 'conda-cuda'],
  // Containers and WSL
  ...['ctk-libml', 'ctk-notloaded', 'docker-no-gpu', 'ctk-unknown-error', 'wsl-linux-driver'],
];

/** Those that only a log can show, and why no check looks for them. */
const logOnly: Readonly<Record<string, string>> = {
  'dkms-already': 'what it says is that nothing is wrong: the module is installed already',
  'apport-unsupported': 'a complaint of the crash reporter about another failure, which has a check',
  'module-loaded': 'a driver that is loaded is what should be; only the `.run` installer minds, and the plan that runs it looks first',
  'x-running': 'a display is no fault; the plan that runs the `.run` installer looks for one and stops it',
  'alternate-install': 'the distribution’s hook is no fault; the plan that runs the `.run` installer reads it',
  'cuda-runfile-driver': 'the end of a run of the installer, whose reason stands in another log',
  'perl-inc': 'a fault of installers of CUDA 8, which leaves nothing behind on a machine',
  'missing-rec-lib': 'graphics libraries that only some samples want',
  'apt-removes-desktop': 'what apt would do, which the plan simulates before it installs',
  'samples-makefile-gone': 'a checkout of the samples lies wherever somebody put it',
  'wheel-tag': 'a wheel that was not installed leaves no trace',
};

const folder = new URL('../fixtures/hosts/', import.meta.url).pathname;
const foundOn = new Map<string, string[]>();
for (const host of readdirSync(folder)) {
  const { found } = JSON.parse(readFileSync(`${folder}${host}/expected.json`, 'utf8')) as { found: Record<string, string> };
  for (const id of Object.keys(found)) foundOn.set(id, [...(foundOn.get(id) ?? []), host]);
}

t.test('all 73 are known, each once', async (t) => {
  t.equal(numbered.length, 73);
  t.equal(new Set(numbered).size, 73);
  t.same(numbered.toSorted(), signatures.map(({ id }) => id).toSorted());
});

t.test('each has a check that finds it on a machine of the fixtures, or a reason why only a log shows it', async (t) => {
  const ids = new Set<string>(checks.map(({ id }) => id));
  for (const { id, checks: looking } of signatures) {
    if (id in logOnly) {
      t.same(looking, [], `${id}: ${logOnly[id]}`);
      continue;
    }
    t.ok(looking.length > 0, `${id} has a check`);
    for (const check of looking) {
      t.ok(ids.has(check), `${id}: ${check} exists`);
      t.ok((foundOn.get(check) ?? []).length > 0, `${id}: ${check} is found on ${foundOn.get(check)?.join(', ')}`);
    }
  }
  t.same(
    Object.keys(logOnly).filter((id) => !numbered.includes(id)),
    [],
  );
});
