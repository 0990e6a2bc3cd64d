import { z } from 'zod';
import { baseKey } from './base.js';
import { deleteKey } from './merge.js';

type Json = { [key: string]: unknown };

/**
 * What an editor needs to complete and check a config: the schema as JSON Schema. A config that builds on another may leave anything out, so nothing is
 * required there; and every mapping may say `_delete_`.
 */
export function jsonSchemaOf(schema: z.ZodType, { title, description }: { readonly title: string; readonly description: string }): Json {
  const { $schema, ...strict } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json;
  const base = {
    description: 'the config or configs that this one builds on, relative to this file; later ones are put on top of earlier ones',
    anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1 }],
  };
  const loose = partial(strict) as Json;
  return {
    $schema,
    title,
    description,
    if: { required: [baseKey] },
    // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
    then: { ...loose, properties: { [baseKey]: base, ...(loose.properties as Json) } },
    else: strict,
  };
}

/** The schema with nothing required and `_delete_` everywhere. */
function partial(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(partial);
  if (typeof schema !== 'object' || schema === null) return schema;
  const made: Json = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'required') continue;
    // Without required keys more than one alternative may fit.
    made[key === 'oneOf' ? 'anyOf' : key] = key === 'enum' || key === 'const' || key === 'default' ? value : partial(value);
  }
  if (made.type === 'object' && made.properties) {
    made.properties = {
      ...(made.properties as Json),
      [deleteKey]: { const: true, description: 'take nothing over from the config below' },
    };
  }
  return made;
}
