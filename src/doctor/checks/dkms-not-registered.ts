import { dkms } from '../facts/dkms.js';
import { installerLog } from '../facts/installer-log.js';
import { nvidiaDriverVersions } from '../facts/nvidia-driver-versions.js';
import { runInstaller } from '../facts/run-installer.js';
import type { Check } from '../finding.js';
import { isNvidiaModule } from '../running-driver.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const dkmsNotRegistered: Check = {
  id: 'driver/dkms-not-registered',
  title: 'DKMS knows the driver that the `.run` installer built',
  link: 'module',
  requires: ['host/no-nvidia-gpu', 'driver/module-missing'],
  about:
    'The `.run` installer ends with 0 where DKMS refused the driver, and says so only in its log. The module then works until the next kernel, which gets none. Not applicable where packages brought the driver.',
  async examine(facts) {
    const [byHand, builder, log, versions] = [
      await facts.of(runInstaller),
      await facts.of(dkms),
      await facts.of(installerLog),
      await facts.of(nvidiaDriverVersions),
    ];
    if (!byHand.known) return undetermined(byHand.why);
    if (!byHand.value) return notApplicable('the `.run` installer was not used here');
    if (!builder.known) return undetermined(builder.why);
    const entries = builder.value?.entries.filter(({ module }) => isNvidiaModule(module)) ?? [];
    if (entries.length > 0) return clear('DKMS has the driver', `dkms status: ${entries[0]!.module}/${entries[0]!.version}`);
    const onDisk = versions.known && versions.value.onDisk.known ? versions.value.onDisk.value : null;
    if (!onDisk) return notApplicable('the running kernel has no module');
    const line = log.known ? log.value : null;
    // Where nobody asked for DKMS and it is not even there, that was a choice.
    if (!line && builder.value === null) return notApplicable('DKMS is not installed, and nobody asked for it');
    return found({
      severity: 'warning',
      summary: 'The driver works for this kernel alone: DKMS does not know it',
      why: 'The next kernel gets no NVIDIA module, and the GPU is gone after its first boot',
      evidence: [
        `on disk: ${onDisk.path}`,
        line ? `/var/log/nvidia-installer.log:${line.line}: ${line.text}` : 'dkms status lists no nvidia',
      ],
      remedy: {
        summary: 'Install dkms and the kernel’s headers, then the driver again with `--dkms`',
        commands: ['gpu-setup install-driver --dkms --dry-run'],
        automatic: true,
        needs: ['root', 'network'],
      },
    });
  },
};
