import { messageOf, UserError } from '../errors.js';
import type { Engine, EngineName, EngineStatus } from './engine.js';
import { enginesOf } from './list.js';
import { readPreference } from './preference.js';
import type { EngineSettings } from './settings.js';

/** Every engine's status, and which one a training would run on and why. */
export interface EngineOverview {
  readonly engines: readonly EngineStatus[];
  readonly chosen: EngineName;
  readonly why: string;
}

/** Looks at all engines, without loading one. */
export async function overviewOf(settings: EngineSettings): Promise<EngineOverview> {
  const engines = await Promise.all(enginesOf(settings).map((engine) => engine.status()));
  const preferred = await readPreference(settings.configFile);
  const usable = engines.filter(({ available }) => available);
  if (preferred && usable.some(({ name }) => name === preferred)) return { engines, chosen: preferred, why: 'by `gpu-setup engine use`' };
  // wasm is always there.
  const [best] = usable as [EngineStatus, ...EngineStatus[]];
  const why = preferred ? `\`${preferred}\`, chosen by \`gpu-setup engine use\`, is not there` : 'the fastest one that is there';
  return { engines, chosen: best.name, why };
}

/**
 * Makes an engine the one that TensorFlow.js runs on: the one asked for, else the choice of `engine use`, else the fastest there is.
 * One that was not asked for by name and does not load gives way to the next; `say` is told why.
 */
export async function activate(settings: EngineSettings, asked: string | undefined, say: (line: string) => void): Promise<EngineStatus> {
  const engines = enginesOf(settings);
  if (asked !== undefined) {
    const engine = engines.find(({ name }) => name === asked);
    if (!engine) throw noSuchEngine(asked, engines);
    const status = await engine.status();
    if (!status.available) throw notThere(status);
    await engine.activate();
    return status;
  }
  const { chosen } = await overviewOf(settings);
  const inOrder = [...engines].sort((a, b) => Number(b.name === chosen) - Number(a.name === chosen));
  let failure: unknown;
  for (const engine of inOrder) {
    const status = await engine.status();
    if (!status.available) continue;
    try {
      await engine.activate();
      return status;
    } catch (error) {
      failure = error;
      say(`engine ${engine.name} is left out: ${messageOf(error)}`);
    }
  }
  throw failure;
}

export const noSuchEngine = (asked: string, engines: readonly Pick<Engine, 'name'>[]): UserError =>
  new UserError(`No engine is called \`${asked}\``, { hint: `there are ${engines.map(({ name }) => `\`${name}\``).join(' and ')}` });

export const notThere = ({ name, detail, hint }: EngineStatus): UserError =>
  new UserError(`The engine \`${name}\` is not there: ${detail}`, hint ? { hint: `\`${hint}\` brings it` } : {});
