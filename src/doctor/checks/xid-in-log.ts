import { driverLogOf } from '../driver-log.js';
import type { Check } from '../finding.js';
import { runningDriver } from '../requirements.js';
import { clear, found } from '../verdicts.js';

/** Reports of the driver that speak of the hardware; those of a program's own faults (13, 31, 43, 45) are left out. */
const meanings: Readonly<Record<string, string>> = {
  '48': 'an error in memory that could not be corrected',
  '63': 'a bad row of memory was retired or is to be remapped',
  '64': 'a bad row of memory could not be retired or remapped',
  '74': 'an error of NVLink',
  '94': 'a contained error in memory',
  '95': 'an error in memory that was not contained',
  '119': 'the GPU’s system processor does not answer',
  '120': 'an error of the GPU’s system processor',
};

export const xidInLog: Check = {
  id: 'driver/xid-in-log',
  title: 'The driver reported no fault of the hardware',
  link: 'libraries',
  requires: [...runningDriver, 'driver/gpu-fallen-off-bus'],
  about:
    'Reads the kernel’s log since the boot for the driver’s reports (Xid) that speak of the GPU’s memory, its links or its system processor. Xid 79 has a check of its own.',
  async examine(facts) {
    const log = await driverLogOf(facts);
    if ('verdict' in log) return log.verdict;
    const reports = log.lines.flatMap((line) => {
      const [, address, code] = line.text.match(/Xid \(PCI:([^)]+)\): (\d+)\b/) ?? [];
      return address && code && meanings[code] ? [{ ...line, address, code }] : [];
    });
    if (reports.length === 0) return clear('The kernel’s log tells of none', log.source);
    const codes = [...new Set(reports.map(({ code }) => code))];
    return found({
      severity: 'warning',
      summary: `Xid ${codes.join(', ')} since the boot: ${codes.map((code) => meanings[code]).join('; ')}`,
      why: 'Results may be wrong and programs may end; it tends to come again',
      evidence: reports.slice(0, 6).map(({ where, text }) => `${where}: ${text}`),
      remedy: {
        summary: 'Stop the work on that GPU and reset it or reboot; where it comes again, have the card replaced',
        commands: ['nvidia-smi -q -d ECC,ROW_REMAPPER,PAGE_RETIREMENT', `sudo nvidia-smi --gpu-reset -i ${reports[0]!.address}`],
        automatic: false,
        needs: ['root'],
      },
    });
  },
};
