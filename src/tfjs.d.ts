/** dist/tfjs/index.js, made from scripts/tfjs-entry.mjs. */
declare module '#tfjs' {
  export { BackendWasm, setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
  export * from '@tensorflow/tfjs-core';
}
