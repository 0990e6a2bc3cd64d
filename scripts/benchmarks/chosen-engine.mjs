import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A module of what is built in dist/. */
export const built = (path) => import(join(root, 'dist', path));

/** The engine of that name, or the best one of this machine, made the one that TensorFlow.js uses. */
export async function activateEngine(name) {
  const [{ enginesOf }, { engineSettings }] = await Promise.all([built('engines/list.js'), built('engines/settings.js')]);
  for (const engine of enginesOf(engineSettings(process.env))) {
    if (name !== undefined && engine.name !== name) continue;
    const { available, detail } = await engine.status();
    if (available) {
      await engine.activate();
      return engine;
    }
    if (name !== undefined) throw new Error(`the engine \`${engine.name}\` is not available: ${detail}`);
  }
  throw new Error(`there is no engine \`${name}\``);
}
