import { z } from 'zod';

/** An absolute path, as a step's parameter. */
export const hostPath = z.templateLiteral(['/', z.string()]);

/** A name that is safe as one argument: packages, modules, units, kernel releases. Never an option, never a path. */
export const plainName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.+:~_@=-]*$/);
