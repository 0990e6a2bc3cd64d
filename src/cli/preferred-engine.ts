import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMap, parseDocument } from 'yaml';
import { type EngineName, engineNames } from '../engines/engine.js';
import { ExitCode, messageOf, UserError } from '../errors.js';

/** The engine that `engine use` keeps in the user's config.yaml; undefined where there is none. Throws `UserError` for a file that cannot be read as such. */
export async function readPreferredEngine(configFile: string): Promise<EngineName | undefined> {
  const name = (await documentOf(configFile)).get('engine');
  if (name === undefined || name === null) return undefined;
  const known = engineNames.find((each) => each === name);
  if (known) return known;
  throw new UserError(`\`${configFile}\`: \`engine\` is ${JSON.stringify(name)}`, {
    hint: `it is ${engineNames.map((each) => `\`${each}\``).join(', ')}; \`gpu-setup engine use NAME\` sets it`,
  });
}

/** Keeps the choice, or forgets it; everything else in the file, comments too, stays. Written whole or not at all. */
export async function writePreferredEngine(configFile: string, name: EngineName | undefined): Promise<void> {
  const document = await documentOf(configFile);
  if (name === undefined) document.delete('engine');
  else document.set('engine', name);
  const partial = `${configFile}.${process.pid}.partial`;
  try {
    await mkdir(dirname(configFile), { recursive: true });
    const file = await open(partial, 'w');
    try {
      await file.writeFile(isMap(document.contents) && document.contents.items.length > 0 ? String(document) : '');
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, configFile);
  } catch (error) {
    await rm(partial, { force: true });
    throw new UserError(`Cannot write \`${configFile}\`: ${messageOf(error)}`, {
      hint: '`GPU_SETUP_CONFIG_DIR` names another folder',
      exitCode: ExitCode.failed,
    });
  }
}

async function documentOf(configFile: string) {
  const text = await readFile(configFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new UserError(`Cannot read \`${configFile}\`: ${error.message}`);
  });
  const document = parseDocument(text.trim() === '' ? '{}\n' : text);
  if (text.trim() === '' && isMap(document.contents)) document.contents.flow = false;
  if (document.errors[0]) throw new UserError(`\`${configFile}\` is not YAML: ${document.errors[0].message.split('\n')[0]}`);
  if (!isMap(document.contents)) throw new UserError(`\`${configFile}\` is not a map`, { hint: 'it has lines such as `engine: wasm`' });
  return document;
}
