import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ExitCode, messageOf, UserError } from '../../errors.js';
import * as tf from '../../tf.js';
import type { Engine } from '../engine.js';
import type { EngineSettings } from '../settings.js';
import { hushFile } from './install/hush.js';
import { loadTensorflow } from './load.js';
import { readManifest } from './manifest.js';
import { probed } from './probed.js';

export const tensorflowFolder = ({ engineDirectory }: EngineSettings) => join(engineDirectory, 'tensorflow');

/** TensorFlow's own C++ kernels through tfjs-node, on the CPU or an NVIDIA GPU; `engine install tensorflow` brings it. */
export function tensorflowEngine(settings: EngineSettings): Engine {
  const folder = tensorflowFolder(settings);
  const install = 'gpu-setup engine install tensorflow';
  return {
    name: 'tensorflow',
    async status() {
      const read = await readManifest(folder);
      if (!read.manifest) return { name: 'tensorflow', available: false, detail: read.why, hint: install };
      const { tensorflow, binding } = read.manifest;
      const needed = [join(folder, binding.file), join(folder, hushFile), join(tensorflow.libraries, 'libtensorflow_cc.so.2')];
      const gone = needed.find((path) => !existsSync(path));
      if (gone) return { name: 'tensorflow', available: false, detail: `\`${gone}\` is gone`, hint: install };
      const trial = await probed(folder, read.manifest, settings);
      if (!trial.works) return { name: 'tensorflow', available: false, detail: `it cannot be loaded: ${trial.why}`, hint: install };
      const device = trial.gpu ? 'GPU' : 'CPU';
      return { name: 'tensorflow', available: true, detail: `TensorFlow ${tensorflow.version} of \`${tensorflow.python}\`, ${device}` };
    },
    async activate() {
      const read = await readManifest(folder);
      if (!read.manifest) throw new UserError(`The engine \`tensorflow\` is ${read.why}`, { hint: `\`${install}\`` });
      try {
        loadTensorflow(folder, read.manifest, { logLevel: settings.tensorflowLogLevel, precision: settings.precision });
      } catch (error) {
        throw new UserError(`The engine \`tensorflow\` cannot be loaded: ${messageOf(error).split('\n')[0]}`, {
          hint: `\`${install}\` builds it anew`,
          exitCode: ExitCode.failed,
          cause: error,
        });
      }
      await tf.setBackend('tensorflow');
    },
  };
}
