import { z } from 'zod';

/** Where a row was read, and when: a table is only as good as that. */
export const sourced = { source: z.string().min(1), date: z.union([z.iso.date(), z.date()]) };

/** `595.45.04`, `580` */
export const versionText = z.string().regex(/^\d+(\.\d+)*$/);
