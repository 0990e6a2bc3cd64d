/** dist/tfjs/index.js, made from scripts/tfjs-entry.mjs. */
declare module '#tfjs' {
  export { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu/dist/base.js';
  export { BackendWasm, setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
  export * from '@tensorflow/tfjs-core';
}
