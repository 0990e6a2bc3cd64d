import { join } from 'node:path';
import { ExitCode, messageOf, UserError } from '../../errors.js';
import type { Engine, EngineStatus } from '../engine.js';
import { probe } from '../probe.js';
import type { EngineSettings } from '../settings.js';
import { faultOf } from './faults.js';
import { readManifest } from './manifest.js';

export const torchFolder = ({ engineDirectory }: EngineSettings) => join(engineDirectory, 'torch');

const install = 'gpu-setup engine install torch';

/** libtorch's own kernels through an addon of ours, on the CPU or an NVIDIA GPU; `engine install torch` builds it. */
export function torchEngine(settings: EngineSettings): Engine {
  const folder = torchFolder(settings);
  const unavailable = (detail: string): EngineStatus => ({ name: 'torch', available: false, detail, hint: install });
  return {
    name: 'torch',
    async status() {
      const read = await readManifest(folder);
      if (!read.manifest) return unavailable(read.why);
      const { manifest } = read;
      const fault = await faultOf(manifest);
      if (fault !== undefined) return unavailable(fault);
      const { rememberedProbe } = await import('../remembered-probe.js');
      const trial = await rememberedProbe(folder, { engine: 'torch', manifest }, manifest, settings.env);
      if (!trial.works) return unavailable(`it cannot be loaded: ${trial.why}`);
      return {
        name: 'torch',
        available: true,
        detail: `libtorch ${manifest.torchVersion} of \`${manifest.torchRoot}\`, ${trial.gpu ? 'GPU' : 'CPU'}`,
      };
    },
    async activate(mode = {}) {
      const read = await readManifest(folder);
      const refused = (why: string) =>
        new UserError(`The engine \`torch\` cannot be loaded: ${why}`, { hint: `\`${install}\``, exitCode: ExitCode.failed });
      if (!read.manifest) throw refused(read.why);
      const fault = await faultOf(read.manifest);
      if (fault !== undefined) throw refused(fault);
      const precision = mode.precision ?? settings.precision;
      try {
        // Its module brings TorchBackend and every kernel with it: not before it is needed.
        const { activateTorch } = await import('./activate.js');
        return (await activateTorch(read.manifest, precision === undefined ? mode : { ...mode, precision })).mode;
      } catch (error) {
        if (error instanceof UserError) throw error;
        throw new UserError(`The engine \`torch\` cannot be loaded: ${messageOf(error).split('\n')[0]}`, {
          hint: `\`${install}\` builds it anew`,
          exitCode: ExitCode.failed,
          cause: error,
        });
      }
    },
    async memory() {
      const { manifest } = await readManifest(folder);
      if (!manifest || (await faultOf(manifest)) !== undefined) return undefined;
      const probed = await probe({ engine: 'torch', manifest }, { env: settings.env, signal: new AbortController().signal });
      return probed.works ? probed.memory : undefined;
    },
  };
}
