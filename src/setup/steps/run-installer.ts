import { z } from 'zod';
import type { HostPath } from '../../host/host.js';
import type { StepKind } from '../step.js';
import { versionText } from '../tables/row-source.js';
import { hostPath } from './host-path.js';

interface Params {
  readonly file: HostPath;
  readonly version: string;
  /** What the installer of this very version knows: `runArguments` makes them. */
  readonly args: readonly string[];
}

const libraries = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'] as const;

/**
 * Runs NVIDIA's .run installer. It ends with 0 or 1 only, and with 0 even where DKMS registration failed, so the proof is
 * in `dkms status`, not in its exit code.
 */
export const runInstaller: StepKind<Params> = {
  kind: 'run-installer',
  params: z.strictObject({ file: hostPath, version: versionText, args: z.array(z.string().startsWith('--')) }),
  describe: ({ file, version, args }) => ({
    summary: `Install driver ${version} with ${file}`,
    commands: [
      { program: 'chmod', args: ['u+x', file] },
      { program: file, args, timeoutMs: 30 * 60_000 },
    ],
    files: [],
    risk: 'disruptive',
    needs: ['root'],
    undo: {
      words: "NVIDIA's own uninstaller puts back every file it replaced",
      commands: [{ program: 'nvidia-uninstall', args: ['--silent'] }],
    },
    proof: [
      ...(args.includes('--dkms')
        ? [{ command: { program: 'dkms', args: ['status'] }, expect: `says \`installed\` of nvidia/${version} and the running kernel` }]
        : []),
      { file: '/var/log/nvidia-installer.log', expect: 'has no line with `ERROR:` and says that the installation is complete' },
    ],
  }),
  async isDone({ version }, host) {
    const uninstaller = await host.stat('/usr/bin/nvidia-uninstall');
    if (uninstaller.outcome === 'unavailable') return 'cannot-tell';
    if (uninstaller.outcome === 'absent') return 'not-done';
    for (const directory of libraries) {
      const library = await host.stat(`${directory}/libnvidia-ml.so.${version}`);
      if (library.outcome === 'status') return 'done';
    }
    return 'not-done';
  },
};
