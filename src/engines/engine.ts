import type { ActiveMode, EngineMode } from './mode.js';

/** Public: typed in `--engine`, kept in work dirs. The best one first. */
export const engineNames = ['torch', 'tensorflow', 'wasm'] as const;
export type EngineName = (typeof engineNames)[number];

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
  /**
   * Registers the backend and its kernels, and makes it the one TensorFlow.js uses; answers the mode that it runs in. What of the
   * mode the engine cannot do it refuses with a `UserError`; once it is loaded, a second call changes nothing but the backend in use.
   */
  activate(mode?: EngineMode): Promise<ActiveMode>;
  /** Its allocator's statistics, out of a child process that loads it; undefined where it cannot be loaded. What ends in `ytes` is bytes. */
  memory(): Promise<Readonly<Record<string, number>> | undefined>;
}
