import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { messageOf, UserError } from '../errors.js';
import type { EngineName } from './engine.js';

/** The user's settings; keys that this version does not know are kept. */
const schema = z.looseObject({ engine: z.enum(['tensorflow', 'wasm']).optional() });

/** The engine that `engine use` chose, if any. Throws a UserError where the file is not what it should be. */
export async function readPreference(configFile: string): Promise<EngineName | undefined> {
  return (await readConfig(configFile)).engine;
}

/** Remembers the choice: a new file beside the old one takes its place. */
export async function writePreference(configFile: string, engine: EngineName): Promise<void> {
  const text = stringify({ ...(await readConfig(configFile)), engine });
  try {
    await mkdir(dirname(configFile), { recursive: true });
    const file = await open(`${configFile}.partial`, 'w');
    await file.writeFile(text);
    await file.sync();
    await file.close();
    await rename(`${configFile}.partial`, configFile);
  } catch (cause) {
    throw new UserError(`Cannot write \`${configFile}\`: ${messageOf(cause)}`, { cause });
  }
}

async function readConfig(configFile: string): Promise<z.infer<typeof schema>> {
  let text: string;
  try {
    text = await readFile(configFile, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new UserError(`Cannot read \`${configFile}\`: ${messageOf(cause)}`, { cause });
  }
  try {
    return schema.parse(parse(text) ?? {});
  } catch (cause) {
    throw new UserError(`\`${configFile}\` is not a config of gpu-setup`, {
      hint: 'mend or remove it; `gpu-setup engine use NAME` writes it anew',
      cause,
    });
  }
}
