import { enginesOf } from '../engines/list.js';
import { engineSettings } from '../engines/settings.js';
import { UserError } from '../errors.js';
import type { Terminal } from './terminal.js';

/** Makes the engine asked for, or the best one there is, the one that TensorFlow.js runs on; answers its name. */
export async function activateEngine(terminal: Terminal, asked: string | undefined): Promise<string> {
  const engines = enginesOf(engineSettings(terminal.env));
  for (const engine of engines) {
    if (asked !== undefined && engine.name !== asked) continue;
    const status = await engine.status();
    if (!status.available) {
      if (asked === undefined) continue;
      throw new UserError(`The engine \`${asked}\` is not there: ${status.detail}`, status.hint ? { hint: `\`${status.hint}\`` } : {});
    }
    await engine.activate();
    terminal.say(`engine: ${engine.name} (${status.detail})`);
    return engine.name;
  }
  throw new UserError(`No engine is called \`${asked}\``, { hint: `there are ${engines.map(({ name }) => `\`${name}\``).join(', ')}` });
}
