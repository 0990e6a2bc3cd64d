import { ExitCode, UserError } from '../errors.js';
import { chooseEngine } from './choose.js';
import type { Engine, EngineName, EngineStatus } from './engine.js';
import { mappedLibraries } from './mapped-libraries.js';
import type { ActiveMode, EngineMode } from './mode.js';

export interface Activating {
  /** By name; then no other will do. */
  readonly asked: string | undefined;
  readonly preferred: EngineName | undefined;
  readonly mode: EngineMode;
  /** Told why an engine was passed over. */
  warn(message: string): void;
}

/**
 * Activates the engine asked for, else the preferred one, else the first that can be. One that was not asked for and turns out not to
 * load, although its status was good, is passed over. Throws `UserError` where none is left, and for a mode that the engine refuses.
 */
export async function activateBest(
  engines: readonly Engine[],
  { asked, preferred, mode, warn }: Activating,
): Promise<{ readonly engine: Engine; readonly status: EngineStatus; readonly mode: ActiveMode }> {
  let left = engines;
  for (;;) {
    const wish = left.some(({ name }) => name === preferred) ? preferred : undefined;
    const { engine, status, note } = await chooseEngine(left, { asked, preferred: wish });
    if (note) warn(note);
    try {
      return { engine, status, mode: await engine.activate(mode) };
    } catch (error) {
      // What was asked for wrongly is no fault of the engine.
      if (asked !== undefined || !(error instanceof UserError) || error.exitCode !== ExitCode.failed) throw error;
      warn(`${error.message}; going on with the next engine`);
      left = withoutLosers(left, engine);
    }
  }
}

/** A library that began to load stays in the process, and TensorFlow and libtorch are not put into one unasked. */
function withoutLosers(engines: readonly Engine[], failed: Engine): readonly Engine[] {
  const stuck = mappedLibraries('libtorch').length + mappedLibraries('libtensorflow').length > 0;
  return engines.filter((engine) => engine !== failed && (engine.name === 'wasm' || !stuck));
}
