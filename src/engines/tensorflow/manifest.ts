import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../errors.js';
import type { Manifest } from './manifest-schema.js';

export type { Manifest } from './manifest-schema.js';

export const manifestPath = (folder: string) => join(folder, 'manifest.json');

/** The manifest of an engine's folder; `why` when there is none or it is of no use. */
export async function readManifest(
  folder: string,
): Promise<{ readonly manifest: Manifest } | { readonly manifest: undefined; readonly why: string }> {
  const path = manifestPath(folder);
  try {
    const text = await readFile(path, 'utf8');
    // Where nothing is installed nothing is checked, and the doctor starts without what checks.
    const { Manifest } = await import('./manifest-schema.js');
    return { manifest: Manifest.parse(JSON.parse(text)) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { manifest: undefined, why: 'not installed' };
    const what = error instanceof Error && 'issues' in error ? firstIssue(error.issues) : messageOf(error);
    return { manifest: undefined, why: `\`${path}\` cannot be used: ${what}` };
  }
}

export async function sha256Of(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

/** What zod says first. */
const firstIssue = (issues: unknown): string => (issues as readonly { readonly message?: string }[])[0]?.message ?? 'invalid';
