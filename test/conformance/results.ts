import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { EngineName } from '../../src/engines/engine.js';

/** What a run counted on one version of what an engine stands on; docs/engines.md shows it (scripts/generate-conformance-table.mjs). */
export interface Result {
  /** `WebAssembly on one core`, `TensorFlow 2.21.0, CPU` */
  readonly on: string;
  readonly passed: number;
  readonly failed: number;
  readonly excluded: number;
}

const fileOf = (engine: EngineName) => new URL(`${engine}.results.json`, import.meta.url);

export function resultsOf(engine: EngineName): readonly Result[] {
  return existsSync(fileOf(engine)) ? (JSON.parse(readFileSync(fileOf(engine), 'utf8')) as Result[]) : [];
}

/** Takes the place of what the same version counted before. */
export function writeResult(engine: EngineName, result: Result): void {
  const others = resultsOf(engine).filter(({ on }) => on !== result.on);
  const all = [...others, result].sort((a, b) => (a.on < b.on ? -1 : 1));
  writeFileSync(fileOf(engine), `${JSON.stringify(all, undefined, 2)}\n`);
}
