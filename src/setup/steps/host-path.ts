import { z } from 'zod';
import type { HostPath } from '../../host/host.js';

/** An absolute path, as a step's parameter: no way up, no control characters, which would forge a line where it is shown. */
export const hostPath = z.custom<HostPath>(
  (value) => typeof value === 'string' && /^\/[^\p{Cc}]+$/u.test(value) && !value.split('/').some((name) => name === '.' || name === '..'),
  'expected an absolute path without `..` and control characters',
);

/** A name that is safe as one argument: packages, modules, units, kernel releases. Never an option, never a path. */
export const plainName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.+:~_@=-]*$/);
