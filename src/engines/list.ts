import type { Engine } from './engine.js';
import type { EngineSettings } from './settings.js';
import { tensorflowEngine } from './tensorflow/engine.js';
import { torchEngine } from './torch/engine.js';
import { wasmEngine } from './wasm/engine.js';

/** Every engine, the best one first. */
export const enginesOf = (settings: EngineSettings): readonly Engine[] => [torchEngine(settings), tensorflowEngine(settings), wasmEngine];
