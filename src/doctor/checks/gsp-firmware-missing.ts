import { driverInUse } from '../driver-in-use.js';
import { gspFirmware } from '../facts/gsp-firmware.js';
import { kernelLog } from '../facts/kernel-log.js';
import type { Check } from '../finding.js';
import { silentGpus } from '../lost-gpus.js';
import { runningDriver } from '../requirements.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const gspFirmwareMissing: Check = {
  id: 'driver/gsp-firmware-missing',
  title: 'The firmware of the GPU’s system processor is of the driver’s version',
  link: 'module',
  requires: [...runningDriver, 'driver/gpu-not-claimed'],
  about:
    'Looks in /lib/firmware/nvidia for a folder of the loaded version. An installation that broke off, or a module from elsewhere, leaves the driver without the firmware that it loads into the GPU, and `RmInitAdapter failed` follows.',
  async examine(facts) {
    const [driver, firmware, log] = [await driverInUse(facts), await facts.of(gspFirmware), await facts.of(kernelLog)];
    if (!driver) return notApplicable('no driver is loaded');
    const state = await silentGpus(facts);
    if (state && state.of > 0 && state.silent === 0) return clear('Every GPU was started');
    const lines = log.known
      ? log.value.filter(({ text }) => /gsp(_\w+)?\.bin|GSP firmware|Direct firmware load for nvidia\//i.test(text))
      : [];
    if (!firmware.known) return lines.length > 0 ? problem(driver.version, lines, []) : undetermined(firmware.why);
    if (firmware.value.includes(driver.version))
      return clear(`Firmware of ${driver.version} is there`, `${firmware.source}/${driver.version}`);
    // Without any version's folder this may be an old branch, which has none.
    if (firmware.value.length === 0 && lines.length === 0) return notApplicable('no firmware of NVIDIA’s driver is installed');
    return problem(driver.version, lines, [`${firmware.source} has ${firmware.value.join(', ') || 'no version'}, not ${driver.version}`]);
  },
};

const problem = (version: string, lines: readonly { where: string; text: string }[], evidence: readonly string[]) =>
  found({
    severity: 'blocker',
    summary: `The firmware of nvidia ${version} is missing`,
    why: 'The driver loads it into the GPU at the start: without it no GPU of Turing or later starts',
    evidence: [...evidence, ...lines.map(({ where, text }) => `${where}: ${text}`)],
    remedy: {
      summary: 'Install the whole driver again, module, firmware and libraries from one source',
      commands: ['gpu-setup install-driver --dkms --dry-run'],
      automatic: true,
      needs: ['root', 'network', 'reboot'],
    },
  });
