import { z } from 'zod';
import type { Path } from './tree.js';

type Known = z.core.$ZodTypes;

/** The schema without `optional`, `default` and the like around it. */
function bare(schema: z.core.$ZodType): Known {
  const known = schema as Known;
  const { def } = known._zod;
  if (def.type === 'optional' || def.type === 'default' || def.type === 'prefault' || def.type === 'nullable' || def.type === 'readonly')
    return bare(def.innerType);
  return known;
}

/** The schema of the part at `path` of a value; of several that may stand there, the one that the value's `type` chooses, or all. */
export function schemasAt(schema: z.core.$ZodType, value: unknown, path: Path): readonly z.core.$ZodType[] {
  const [step, ...rest] = path;
  return branches(schema, value).flatMap((branch) => {
    if (step === undefined) return [branch];
    const below = (value as Record<string | number, unknown> | null | undefined)?.[step];
    const { def } = branch._zod;
    if (def.type === 'object') {
      const next = def.shape[step];
      return next ? schemasAt(next, below, rest) : [];
    }
    if (def.type === 'array') return schemasAt(def.element, below, rest);
    if (def.type === 'tuple') {
      const next = def.items[Number(step)];
      return next ? schemasAt(next, below, rest) : [];
    }
    return [];
  });
}

function branches(schema: z.core.$ZodType, value: unknown): readonly Known[] {
  const known = bare(schema);
  const { def } = known._zod;
  if (def.type !== 'union') return [known];
  const options = def.options.flatMap((option) => branches(option, value));
  const type = typeof value === 'object' && value !== null ? (value as { type?: unknown }).type : undefined;
  const chosen = options.filter((option) => type !== undefined && typesOf(option).includes(type as string));
  return chosen.length > 0 ? chosen : options;
}

/** What `type` may be in a mapping of this schema. */
function typesOf(schema: z.core.$ZodType): readonly string[] {
  const { def } = bare(schema)._zod;
  if (def.type === 'union') return def.options.flatMap(typesOf);
  if (def.type !== 'object' || !def.shape.type) return [];
  const literal = bare(def.shape.type)._zod.def;
  return literal.type === 'literal' ? literal.values.map(String) : [];
}

/** The settings that a mapping at `path` may have. */
export function keysAt(schema: z.core.$ZodType, value: unknown, path: Path): readonly string[] {
  const keys = schemasAt(schema, value, path).flatMap((found) => {
    const { def } = bare(found)._zod;
    return def.type === 'object' ? Object.keys(def.shape) : [];
  });
  return [...new Set(keys)];
}

/** What is chosen by `type` in the mapping at `path`: the noun for one, and their names. */
export function choiceAt(
  schema: z.core.$ZodType,
  value: unknown,
  path: Path,
): { readonly noun: string; readonly types: readonly string[] } {
  const slots = path.length === 0 ? [schema] : slotsBelow(schema, value, path);
  const types = [...new Set(slots.flatMap(typesOf))];
  const noun = slots.map((slot) => z.globalRegistry.get(bare(slot))?.title).find((title) => title !== undefined);
  return { noun: noun ?? 'kind', types };
}

function slotsBelow(schema: z.core.$ZodType, value: unknown, path: Path): readonly z.core.$ZodType[] {
  const step = path.at(-1)!;
  return schemasAt(schema, value, path.slice(0, -1)).flatMap((around) => {
    const { def } = bare(around)._zod;
    const found = def.type === 'object' ? def.shape[step] : def.type === 'array' ? def.element : undefined;
    return found ? [found] : [];
  });
}
