import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

export const schema = JSON.parse(readFileSync('configs/schema/doctor.schema.json', 'utf8')) as object;

/** The schema with every object closed: a reader must pass over fields that are new to it, we must describe all that we print. */
function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== 'object' || part === null) return part;
  const inner = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, closed(value)]));
  return 'properties' in inner && 'type' in inner ? { ...inner, additionalProperties: false } : inner;
}

const options = { strict: true, strictRequired: false, strictTypes: false, allErrors: true } as const;
const open = new Ajv2020(options).compile(schema);
const strict = new Ajv2020(options).compile(closed(schema) as object);

/** What a document has that the schema forbids or does not know. */
export function complaintsOf(document: unknown): readonly string[] {
  const errors = [open, strict].flatMap((validate) => (validate(document) ? [] : (validate.errors ?? [])));
  return errors.map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
}
