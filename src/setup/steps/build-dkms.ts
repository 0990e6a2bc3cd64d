import { z } from 'zod';
import { parseDkmsStatus } from '../../doctor/facts/dkms.js';
import type { Host } from '../../host/host.js';
import type { StepKind } from '../step.js';
import { versionText } from '../tables/row-source.js';
import { carryOut } from './carry-out.js';
import { plainName } from './host-path.js';
import { namesIn } from './loaded-names.js';

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
      words: version
        ? 'Take the modules that were built for these kernels out of DKMS'
        : 'Removing the driver packages takes the module out of DKMS',
      commands: version ? kernels.map((kernel) => ({ program: 'dkms', args: ['remove', `nvidia/${version}`, '-k', kernel] })) : [],
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
    const built = builtKernels(answer.stdout, version);
    return kernels.every((kernel) => built.includes(kernel)) ? 'done' : 'not-done';
  },
  change: {
    before: ({ version }, host) => builtNow(host, version),
    async apply({ version, kernels }, _, host) {
      const built = await builtNow(host, version);
      const missing = kernels.filter((kernel) => !built.includes(kernel));
      if (missing.length > 0) await carryOut(host, buildDkms.describe({ version, kernels: missing }).commands);
    },
    async undo({ version, kernels }, record, host) {
      // What packages brought goes with them.
      if (version === null) return undefined;
      const [before, now] = [namesIn(record), await builtNow(host, version)];
      const added = kernels.filter((kernel) => now.includes(kernel) && !before.includes(kernel));
      if (added.length > 0) await carryOut(host, buildDkms.describe({ version, kernels: added }).undo.commands);
      return undefined;
    },
  },
};

/** The kernels that a module of this version is installed for. */
function builtKernels(status: string, version: string | null): readonly string[] {
  return parseDkmsStatus(status).flatMap(({ module, kernel, state, version: its }) =>
    module.startsWith('nvidia') && kernel && state === 'installed' && (version === null || its === version) ? [kernel] : [],
  );
}

async function builtNow(host: Host, version: string | null): Promise<readonly string[]> {
  const answer = await host.ask({ program: 'dkms', args: ['status'] });
  return answer.outcome === 'exited' && answer.code === 0 ? builtKernels(answer.stdout, version) : [];
}
