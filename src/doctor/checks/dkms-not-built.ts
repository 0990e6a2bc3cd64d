import { type DkmsEntry, dkms } from '../facts/dkms.js';
import { dkmsLog } from '../facts/dkms-log.js';
import { kernel } from '../facts/kernel.js';
import { nvidiaDriverVersions } from '../facts/nvidia-driver-versions.js';
import type { Check } from '../finding.js';
import { isNvidiaModule } from '../running-driver.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const dkmsNotBuilt: Check = {
  id: 'driver/dkms-not-built',
  title: 'DKMS built the driver for the running kernel',
  link: 'module',
  requires: ['host/no-nvidia-gpu', 'build/no-kernel-headers', 'build/no-module-symvers', 'build/no-gcc', 'build/no-make'],
  about:
    'Reads `dkms status`, old form and new, and the first error of the last make.log. The `.run` installer ends with 0 even where DKMS took no note of it. Not applicable where DKMS has no driver.',
  async examine(facts) {
    const [builder, running, versions] = [await facts.of(dkms), await facts.of(kernel), await facts.of(nvidiaDriverVersions)];
    if (!builder.known) return undetermined(builder.why);
    const entries = builder.value?.entries.filter(({ module }) => isNvidiaModule(module)) ?? [];
    if (entries.length === 0) return notApplicable(builder.value ? 'DKMS has no NVIDIA driver' : 'DKMS is not installed');
    if (!running.known) return undetermined(running.why);
    const here = entries.find((entry) => entry.kernel === running.value.release);
    const lines = entries.map(statusLine);
    if (here?.state === 'installed' || here?.state === 'installed-weak') return clear(`DKMS built nvidia ${here.version}`, ...lines);
    if (here?.state === 'listed') return undetermined('only `dkms status` says whether the build is installed');

    const log = await facts.of(dkmsLog);
    const { release } = running.value;
    const other =
      versions.known &&
      ((versions.value.onDisk.known && versions.value.onDisk.value) || (versions.value.loaded.known && versions.value.loaded.value));
    const version = (here ?? entries.at(-1)!).version;
    return found({
      // A module from elsewhere may serve this kernel.
      severity: other ? 'warning' : 'blocker',
      summary: here
        ? `DKMS has nvidia ${version} for ${release} as \`${here.state}\`, not installed`
        : `DKMS did not build nvidia ${version} for ${release}`,
      why: 'Without this build the running kernel has no NVIDIA module',
      evidence: [...lines, ...(log.known && log.value?.error ? [`${log.value.path}: ${log.value.error}`] : [])],
      remedy: {
        summary: 'Build it; where the compiler fails, the driver is too old for this kernel',
        commands: [`sudo dkms install ${entries.at(-1)!.module}/${version} -k ${release}`, 'sudo modprobe nvidia'],
        automatic: false,
        needs: ['root'],
      },
    });
  },
};

const statusLine = ({ module, version, kernel: release, architecture, state, remark }: DkmsEntry) =>
  `dkms status: ${[`${module}/${version}`, release, architecture].filter(Boolean).join(', ')}: ${state}${remark ? ` (${remark})` : ''}`;
