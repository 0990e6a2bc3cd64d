import { loaderDirectories } from '../facts/loader-directories.js';
import type { Check } from '../finding.js';
import { clear, found, undetermined } from '../verdicts.js';

export const stubDriverInPath: Check = {
  id: 'cuda/stub-driver-in-path',
  title: 'No stub of libcuda is in the loader’s path',
  link: 'toolkit',
  requires: ['host/no-nvidia-gpu'],
  about:
    'Looks for `stubs` folders of a toolkit in LD_LIBRARY_PATH and ld.so.conf. Their libcuda is for linking alone: a program that loads it ends with 803 or 34, `unsupported display driver / cuda driver combination`.',
  async examine(facts) {
    const directories = await facts.of(loaderDirectories);
    if (!directories.known) return undetermined(directories.why);
    const stubs = directories.value.filter(({ directory }) => /\/stubs\/?$/.test(directory) && /cuda|targets/.test(directory));
    if (stubs.length === 0) return clear('None is', directories.source);
    return found({
      severity: 'warning',
      summary: `${stubs[0]!.where} leads programs to a stub of libcuda`,
      why: 'The stub is for linking alone: CUDA ends with 803 or 34 where it is found before the driver’s libcuda',
      evidence: stubs.map(({ where, directory }) => `${where}: ${directory}`),
      remedy: {
        summary: 'Take the folder out of the path; for linking, name it to the compiler with `-L`',
        commands: stubs.some(({ where }) => where !== 'LD_LIBRARY_PATH') ? ['sudo ldconfig'] : [],
        automatic: false,
        needs: [],
      },
    });
  },
};
