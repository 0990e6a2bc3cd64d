import { activateBest } from '../engines/activate-best.js';
import { type EngineName, engineNames } from '../engines/engine.js';
import { enginesOf } from '../engines/list.js';
import type { ActiveMode } from '../engines/mode.js';
import { engineSettings } from '../engines/settings.js';
import { type EngineFlags, modeOf } from './engine-flags.js';
import { readPreferredEngine } from './preferred-engine.js';
import type { Terminal } from './terminal.js';

export interface ActiveEngine {
  readonly name: EngineName;
  readonly mode: ActiveMode;
}

/**
 * Makes the engine asked for, the preferred one (`preferred`, else that of `engine use`) or else the best one there is the one that
 * TensorFlow.js runs on, and says so.
 */
export async function activateEngine(terminal: Terminal, flags: EngineFlags, preferred?: string): Promise<ActiveEngine> {
  const settings = engineSettings(terminal.env);
  const asked = flags.engine;
  const wish = engineNames.find((name) => name === preferred);
  const { engine, status, mode } = await activateBest(enginesOf(settings), {
    asked,
    preferred: asked === undefined ? (wish ?? (await readPreferredEngine(settings.configFile))) : undefined,
    mode: modeOf(flags),
    warn: (message) => terminal.say(`warning: ${message}`),
  });
  terminal.say(`engine: ${[`${engine.name} (${status.detail})`, ...wordsOf(mode)].join(', ')}`);
  return { name: engine.name, mode };
}

function wordsOf({ precision, threads, deterministic }: ActiveMode): readonly string[] {
  return [
    precision,
    ...(threads === undefined ? [] : [`${threads} thread${threads === 1 ? '' : 's'}`]),
    ...(deterministic ? ['deterministic'] : []),
  ];
}
