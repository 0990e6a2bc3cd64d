// Evaluated before the specs register themselves: jasmine_util needs its environments first.
import '@tensorflow/tfjs-core/dist/index.js';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js';

const engine = globalThis[Symbol.for('gpu-setup.conformance')];
setTestEnvs([{ name: engine, backendName: engine, isDataSync: true }]);
