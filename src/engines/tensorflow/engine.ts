import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ExitCode, messageOf, UserError } from '../../errors.js';
import type { Engine } from '../engine.js';
import type { Precision } from '../mode.js';
import { probe } from '../probe.js';
import type { EngineSettings } from '../settings.js';
import { hushFile } from './install/hush.js';
import { type Manifest, readManifest } from './manifest.js';

export const tensorflowFolder = ({ engineDirectory }: EngineSettings) => join(engineDirectory, 'tensorflow');

/** Left out, not undefined, where nothing was asked. */
const precisionOf = (precision: Precision | undefined) => (precision === undefined ? {} : { precision });

/** TensorFlow's own C++ kernels through tfjs-node, on the CPU or an NVIDIA GPU; `engine install tensorflow` brings it. */
export function tensorflowEngine(settings: EngineSettings): Engine {
  const folder = tensorflowFolder(settings);
  const install = 'gpu-setup engine install tensorflow';
  const requestOf = (manifest: Manifest) => ({ engine: 'tensorflow' as const, folder, manifest, logLevel: settings.tensorflowLogLevel });
  return {
    name: 'tensorflow',
    async status() {
      const read = await readManifest(folder);
      if (!read.manifest) return { name: 'tensorflow', available: false, detail: read.why, hint: install };
      const { tensorflow, binding } = read.manifest;
      const needed = [join(folder, binding.file), join(folder, hushFile), join(tensorflow.libraries, 'libtensorflow_cc.so.2')];
      const gone = needed.find((path) => !existsSync(path));
      if (gone) return { name: 'tensorflow', available: false, detail: `\`${gone}\` is gone`, hint: install };
      const { rememberedProbe } = await import('../remembered-probe.js');
      const trial = await rememberedProbe(folder, requestOf(read.manifest), read.manifest, settings.env);
      if (!trial.works) return { name: 'tensorflow', available: false, detail: `it cannot be loaded: ${trial.why}`, hint: install };
      const device = trial.gpu ? 'GPU' : 'CPU';
      return { name: 'tensorflow', available: true, detail: `TensorFlow ${tensorflow.version} of \`${tensorflow.python}\`, ${device}` };
    },
    async activate(mode = {}) {
      const read = await readManifest(folder);
      if (!read.manifest) throw new UserError(`The engine \`tensorflow\` is ${read.why}`, { hint: `\`${install}\`` });
      try {
        // TensorFlow.js is loaded where something is computed, not where somebody asks what there is.
        const [{ loadTensorflow }, tf] = await Promise.all([import('./load.js'), import('../../tf.js')]);
        const active = loadTensorflow(folder, read.manifest, {
          logLevel: settings.tensorflowLogLevel,
          mode: { ...mode, ...precisionOf(mode.precision ?? settings.precision) },
        });
        await tf.setBackend('tensorflow');
        return active;
      } catch (error) {
        if (error instanceof UserError) throw error;
        throw new UserError(`The engine \`tensorflow\` cannot be loaded: ${messageOf(error).split('\n')[0]}`, {
          hint: `\`${install}\` builds it anew`,
          exitCode: ExitCode.failed,
          cause: error,
        });
      }
    },
    async memory() {
      const { manifest } = await readManifest(folder);
      if (!manifest) return undefined;
      const probed = await probe(requestOf(manifest), { env: settings.env, signal: new AbortController().signal });
      return probed.works ? probed.memory : undefined;
    },
  };
}
