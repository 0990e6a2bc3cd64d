import { UserError } from '../errors.js';
import type { Engine, EngineName, EngineStatus } from './engine.js';

/** `asked`: by name for this run; `preferred`: by `engine use`; `best`: the first one that is there. */
export type ChosenBecause = 'asked' | 'preferred' | 'best';
export interface Choice {
  readonly engine: Engine;
  readonly status: EngineStatus;
  readonly because: ChosenBecause;
  /** Why the preferred engine was passed over. */
  readonly note?: string;
}

/**
 * The engine asked for, else the preferred one, else the first of `engines` that is available.
 * One that was asked for by name and is not there throws `UserError` with the command that brings it; a preference does not.
 */
export async function chooseEngine(
  engines: readonly Engine[],
  { asked, preferred }: { readonly asked: string | undefined; readonly preferred: EngineName | undefined },
): Promise<Choice> {
  if (asked !== undefined) {
    const engine = engineNamed(engines, asked);
    const status = await engine.status();
    if (!status.available) {
      throw new UserError(`The engine \`${asked}\` is not available: ${status.detail}`, status.hint ? { hint: `\`${status.hint}\`` } : {});
    }
    return { engine, status, because: 'asked' };
  }
  let note: string | undefined;
  if (preferred !== undefined) {
    const engine = engineNamed(engines, preferred);
    const status = await engine.status();
    if (status.available) return { engine, status, because: 'preferred' };
    note = `the preferred engine \`${preferred}\` is not available: ${status.detail}`;
  }
  for (const engine of engines) {
    if (engine.name === preferred) continue;
    const status = await engine.status();
    if (status.available) return { engine, status, because: 'best', ...(note === undefined ? {} : { note }) };
  }
  throw new UserError(note ?? 'No engine is available', { hint: '`gpu-setup engine list` says why' });
}

/** Throws `UserError` with the names there are. */
export function engineNamed(engines: readonly Engine[], name: string): Engine {
  const engine = engines.find((each) => each.name === name);
  if (engine) return engine;
  throw new UserError(`No engine is called \`${name}\``, { hint: `there are ${engines.map((each) => `\`${each.name}\``).join(', ')}` });
}
