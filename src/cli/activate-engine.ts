import { chooseEngine } from '../engines/choose.js';
import { enginesOf } from '../engines/list.js';
import { engineSettings } from '../engines/settings.js';
import { readPreferredEngine } from './preferred-engine.js';
import type { Terminal } from './terminal.js';

/** Makes the engine asked for, the one of `engine use` or else the best one there is the one that TensorFlow.js runs on; answers its name. */
export async function activateEngine(terminal: Terminal, asked: string | undefined): Promise<string> {
  const settings = engineSettings(terminal.env);
  const preferred = asked === undefined ? await readPreferredEngine(settings.configFile) : undefined;
  const { engine, status, note } = await chooseEngine(enginesOf(settings), { asked, preferred });
  if (note) terminal.say(`warning: ${note}`);
  await engine.activate();
  terminal.say(`engine: ${engine.name} (${status.detail})`);
  return engine.name;
}
