import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A file of the package (`configs/...`), from src/ and from dist/ alike. */
export const packageFile = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { readonly version: string };
