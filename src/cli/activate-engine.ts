import { chooseEngine } from '../engines/choose.js';
import { type Engine, type EngineName, engineNames } from '../engines/engine.js';
import { enginesOf } from '../engines/list.js';
import { mappedLibraries } from '../engines/mapped-libraries.js';
import type { ActiveMode } from '../engines/mode.js';
import { engineSettings } from '../engines/settings.js';
import { ExitCode, UserError } from '../errors.js';
import { type EngineFlags, modeOf } from './engine-flags.js';
import { readPreferredEngine } from './preferred-engine.js';
import type { Terminal } from './terminal.js';

export interface ActiveEngine {
  readonly name: EngineName;
  readonly mode: ActiveMode;
}

/**
 * Makes the engine asked for, the preferred one (of `preferred`, else of `engine use`) or else the best one there is the one that
 * TensorFlow.js runs on. One that was not asked for and turns out not to load is passed over with a warning.
 */
export async function activateEngine(terminal: Terminal, flags: EngineFlags, preferred?: string): Promise<ActiveEngine> {
  const settings = engineSettings(terminal.env);
  const asked = flags.engine;
  const wish = asked === undefined ? (nameOf(preferred) ?? (await readPreferredEngine(settings.configFile))) : undefined;
  let engines = enginesOf(settings);
  for (;;) {
    const left = engines.some(({ name }) => name === wish) ? wish : undefined;
    const { engine, status, note } = await chooseEngine(engines, { asked, preferred: left });
    if (note) terminal.say(`warning: ${note}`);
    try {
      const mode = await engine.activate(modeOf(flags));
      terminal.say(`engine: ${[`${engine.name} (${status.detail})`, ...wordsOf(mode)].join(', ')}`);
      return { name: engine.name, mode };
    } catch (error) {
      // What was asked for wrongly is no fault of the engine.
      if (asked !== undefined || !(error instanceof UserError) || error.exitCode !== ExitCode.failed) throw error;
      terminal.say(`warning: ${error.message}; going on with the next engine`);
      engines = withoutLosers(engines, engine);
    }
  }
}

const nameOf = (text: string | undefined) => engineNames.find((name) => name === text);

/** A library that began to load stays in the process, and TensorFlow and libtorch are not put into one unasked. */
function withoutLosers(engines: readonly Engine[], failed: Engine): readonly Engine[] {
  const stuck = mappedLibraries('libtorch').length + mappedLibraries('libtensorflow').length > 0;
  return engines.filter((engine) => engine !== failed && (engine.name === 'wasm' || !stuck));
}

function wordsOf({ precision, threads, deterministic }: ActiveMode): readonly string[] {
  return [
    precision,
    ...(threads === undefined ? [] : [`${threads} thread${threads === 1 ? '' : 's'}`]),
    ...(deterministic ? ['deterministic'] : []),
  ];
}
