import { UserError } from '../errors.js';

/** How matrix products and convolutions multiply: in float32, with TF32 inside (NVIDIA GPUs from Ampere on), or in bfloat16. */
export type Precision = 'fp32' | 'tf32' | 'bf16';
export const precisions: readonly Precision[] = ['fp32', 'tf32', 'bf16'];

/** How an engine shall compute; what is not said is the engine's choice. */
export interface EngineMode {
  readonly precision?: Precision;
  /** How many threads an op may use. */
  readonly threads?: number;
  /** The same input gives the same bits each time. */
  readonly deterministic?: boolean;
}

/** The mode that an engine runs in once it is active. */
export interface ActiveMode extends EngineMode {
  readonly precision: Precision;
}

const synonyms: Readonly<Record<string, Precision>> = { float32: 'fp32', tensorfloat32: 'tf32', bfloat16: 'bf16' };

/** `fp32`, `tf32` or `bf16`; the longer names of older versions too. Throws `UserError`; `source` is where it was said. */
export function parsePrecision(text: string, source: string): Precision {
  const known = precisions.find((precision) => precision === text) ?? synonyms[text];
  if (known) return known;
  throw new UserError(`\`${source}\` is \`${text}\``, { hint: `it is ${precisions.map((each) => `\`${each}\``).join(', ')}` });
}
