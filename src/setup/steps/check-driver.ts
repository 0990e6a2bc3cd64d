import { z } from 'zod';
import { factsOf } from '../../doctor/fact.js';
import { nvidiaDeviceNodes } from '../../doctor/facts/nvidia-device-nodes.js';
import { nvidiaDriverVersions } from '../../doctor/facts/nvidia-driver-versions.js';
import { UserError } from '../../errors.js';
import type { Command, Host } from '../../host/host.js';
import type { Doneness, StepKind } from '../step.js';
import { versionText } from '../tables/row-source.js';
import { carryOut } from './carry-out.js';

interface Params {
  /** The version that was installed, where it is known before. */
  readonly version: string | null;
  /** How many GPUs must have a node in /dev. */
  readonly gpus: number;
}

// As a side effect its library makes the nodes in /dev.
const ask: Command = { program: 'nvidia-smi', args: ['--list-gpus'], timeoutMs: 60_000 };

/** Looks that kernel module, libraries and device nodes are those of one driver: an installer ends well with less. */
export const checkDriver: StepKind<Params> = {
  kind: 'check-driver',
  role: 'running',
  params: z.strictObject({ version: versionText.nullable(), gpus: z.number().int().nonnegative() }),
  describe: ({ version, gpus }) => ({
    summary: `Look that the driver${version ? ` ${version}` : ''} works`,
    commands: [ask],
    files: [],
    risk: 'safe',
    needs: ['root'],
    undo: { words: 'Nothing to undo', commands: [] },
    proof: [
      {
        file: '/proc/driver/nvidia/version',
        expect: `names the version of libnvidia-ml.so and libcuda.so${version ? `, ${version}` : ''}`,
      },
      { file: '/dev', expect: `has nvidiactl and ${gpus === 1 ? 'a node for the GPU' : `nodes for ${gpus} GPUs`}` },
    ],
  }),
  isDone: async (params, host) => (await look(params, host)).doneness,
  change: {
    before: async () => null,
    async apply(params, _, host) {
      const before = await look(params, host);
      // Where versions differ the program only says the same in fewer words.
      if (before.doneness === 'not-done' && !before.nodes) throw failure(before.words);
      await carryOut(host, [ask]);
      const after = await look(params, host);
      if (after.doneness !== 'done') throw failure(after.words);
    },
    undo: async () => undefined,
  },
};

const failure = (words: string) => new UserError(words, { exitCode: 3, hint: '`gpu-setup doctor` says why, and what mends it' });

interface Look {
  readonly doneness: Doneness;
  readonly words: string;
  /** It is the nodes that are missing. */
  readonly nodes?: true;
}

async function look({ version, gpus }: Params, host: Host): Promise<Look> {
  const facts = factsOf(host);
  const [versions, nodes] = [await facts.of(nvidiaDriverVersions), await facts.of(nvidiaDeviceNodes)];
  if (!versions.known) return { doneness: 'cannot-tell', words: versions.why };
  const { loaded, userSpace } = versions.value;
  if (!loaded.known) return { doneness: 'cannot-tell', words: loaded.why };
  if (loaded.value === null) return { doneness: 'not-done', words: 'No NVIDIA module is in the kernel' };
  const module = loaded.value.version;
  if (version !== null && module !== version)
    return { doneness: 'not-done', words: `The kernel module is of driver ${module}, and ${version} was installed` };
  if (!userSpace.known) return { doneness: 'cannot-tell', words: userSpace.why };
  const [library] = userSpace.value;
  if (!library) return { doneness: 'not-done', words: 'No library of the driver is here' };
  const other = userSpace.value.find((each) => each.version !== module);
  if (other) return { doneness: 'not-done', words: `The kernel module is of driver ${module}, and ${other.path} is of another` };
  if (!nodes.known) return { doneness: 'cannot-tell', words: nodes.why };
  const { control, gpus: there } = nodes.value;
  if (control && there.length >= gpus) return { doneness: 'done', words: '' };
  return {
    doneness: 'not-done',
    nodes: true,
    words: control ? `/dev has nodes for ${there.length} of ${gpus} GPUs` : '/dev/nvidiactl is not there',
  };
}
