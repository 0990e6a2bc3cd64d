import { activate } from '../engines/choose.js';
import { engineSettings } from '../engines/settings.js';
import type { Terminal } from './terminal.js';

/** Makes the engine asked for, or the chosen one, the one that TensorFlow.js runs on; answers its name. */
export async function activateEngine(terminal: Terminal, asked: string | undefined): Promise<string> {
  const { name, detail } = await activate(engineSettings(terminal.env), asked, (line) => terminal.say(`note: ${line}`));
  terminal.say(`engine: ${name} (${detail})`);
  return name;
}
