import { z } from 'zod';
import { parseDkmsStatus } from '../../doctor/facts/dkms.js';
import type { StepKind } from '../step.js';
import { versionText } from '../tables/row-source.js';
import { plainName } from './host-path.js';

interface Params {
  /** The driver's version where it is known before: with packages apt decides it. */
  readonly version: string | null;
  readonly kernels: readonly string[];
}

/** Builds and installs the NVIDIA module with DKMS for each kernel that may boot next; does nothing where it already is. */
export const buildDkms: StepKind<Params> = {
  kind: 'build-dkms',
  params: z.strictObject({ version: versionText.nullable(), kernels: z.array(plainName).min(1) }),
  describe: ({ version, kernels }) => ({
    summary: `Build the NVIDIA module with DKMS for ${kernels.join(' and ')}`,
    commands: kernels.map((kernel) => ({
      program: 'dkms',
      args: version ? ['install', `nvidia/${version}`, '-k', kernel] : ['autoinstall', '--kernelver', kernel],
      timeoutMs: 30 * 60_000,
    })),
    files: [],
    risk: 'reversible',
    needs: ['root'],
    undo: {
      words: version ? 'Take the module out of DKMS' : 'Removing the driver packages takes the module out of DKMS',
      commands: version ? [{ program: 'dkms', args: ['remove', `nvidia/${version}`, '--all'] }] : [],
    },
    proof: kernels.map((kernel) => ({
      command: { program: 'dkms', args: ['status', '-k', kernel] },
      expect: `says \`installed\` of nvidia${version ? ` ${version}` : ''} and ${kernel}`,
    })),
  }),
  async isDone({ version, kernels }, host) {
    const answer = await host.ask({ program: 'dkms', args: ['status'] });
    if (answer.outcome === 'absent') return 'not-done';
    if (answer.outcome !== 'exited' || answer.code !== 0) return 'cannot-tell';
    const modules = parseDkmsStatus(answer.stdout).filter(({ module }) => module.startsWith('nvidia'));
    const built = (kernel: string) =>
      modules.some((each) => each.kernel === kernel && each.state === 'installed' && (version === null || each.version === version));
    return kernels.every(built) ? 'done' : 'not-done';
  },
};
