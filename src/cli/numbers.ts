import { InvalidArgumentError } from 'commander';

/** Parsers of option values; commander prefixes the option's name to what they throw. */
export function positiveNumber(text: string): number {
  const value = decimal(text);
  if (!(value > 0)) throw new InvalidArgumentError('not a number above 0');
  return value;
}

export function positiveInteger(text: string): number {
  const value = decimal(text);
  if (!Number.isSafeInteger(value) || value <= 0) throw new InvalidArgumentError('not a whole number above 0');
  return value;
}

/** A number from 0 to 1. */
export function part(text: string): number {
  const value = decimal(text);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('not a number from 0 to 1');
  return value;
}

/** What 32 bits hold. */
export function seedNumber(text: string): number {
  const value = decimal(text);
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
    throw new InvalidArgumentError('not a whole number from 0 to 4294967295');
  return value;
}

/** A number as people write it; NaN for all else that JavaScript would take: nothing, `0x10`, `Infinity`. */
function decimal(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text)) ? Number(text) : Number.NaN;
}
