// The parts of TensorFlow.js that the program carries, bundled into dist/tfjs/index.js by scripts/build.mjs.
// In Node these cannot be imported one by one: deep ESM paths do not resolve, and core alone registers no gradient.
export * from '@tensorflow/tfjs-core/dist/index.js';

import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';

export { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu/dist/base.js';

import '@tensorflow/tfjs-backend-cpu/dist/register_all_kernels.js';

export { BackendWasm, setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm/dist/index.js';
