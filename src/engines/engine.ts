/** Public: typed in `--engine`, kept in work dirs. */
export type EngineName = 'wasm' | 'tensorflow';

/** What `engine list` shows of one engine. */
export interface EngineStatus {
  readonly name: EngineName;
  readonly available: boolean;
  /** What it runs on (`WebAssembly SIMD`, `TensorFlow 2.21.0 in /opt/venv, CPU`), or why it cannot. */
  readonly detail: string;
  /** The command that would make it available. */
  readonly hint?: string;
}

/** A TensorFlow.js backend that the trainer can run on. */
export interface Engine {
  readonly name: EngineName;
  /** Looks, without loading anything heavy. */
  status(): Promise<EngineStatus>;
  /** Registers the backend and its kernels, and makes it the one TensorFlow.js uses. */
  activate(): Promise<void>;
}
