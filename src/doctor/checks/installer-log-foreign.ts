import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const installerLogForeign: Check = {
  id: 'cuda/installer-log-foreign',
  title: 'The CUDA installer can write its log',
  link: 'toolkit',
  requires: [],
  about:
    'Looks whether another user left /tmp/cuda-installer.log: the CUDA runfile, started by a user who cannot write it, ends with a segmentation fault.',
  async examine({ host }) {
    const path = '/tmp/cuda-installer.log';
    const status = await host.stat(path);
    if (status.outcome === 'absent') return notApplicable('nobody left one');
    if (status.outcome === 'unavailable') return undetermined(`${path}: ${status.why}`);
    if (status.uid === 0 || (status.mode & 0o002) !== 0) return clear('It is root’s, or open to everybody');
    return found({
      severity: 'note',
      summary: `${path} belongs to user ${status.uid}`,
      why: 'The CUDA runfile of another user, root in a protected /tmp too, ends with a segmentation fault at its start',
      evidence: [`${path}: owner ${status.uid}, mode ${status.mode.toString(8).padStart(4, '0')}`],
      remedy: { summary: 'Remove it', commands: [`sudo rm ${path}`], automatic: false, needs: ['root'] },
    });
  },
};
