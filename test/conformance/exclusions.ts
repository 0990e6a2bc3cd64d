import { readFileSync } from 'node:fs';
import type { EngineName } from '../../src/engines/engine.js';

/** The specs that are not run on an engine, by their full names, and why. */
export type Exclusions = ReadonlyMap<string, string>;

/** Kept beside this file as JSON, reason by reason. */
export function exclusionsOf(engine: EngineName): Exclusions {
  const { reasons } = JSON.parse(readFileSync(new URL(`${engine}.exclusions.json`, import.meta.url), 'utf8')) as {
    reasons: Record<string, readonly string[]>;
  };
  return new Map(Object.entries(reasons).flatMap(([reason, specs]) => specs.map((spec) => [spec, reason] as const)));
}
