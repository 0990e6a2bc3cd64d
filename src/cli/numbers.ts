import { InvalidArgumentError } from 'commander';

/** Parsers of option values; commander prefixes the option's name to what they throw. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0 || text.trim() === '') throw new InvalidArgumentError('not a number above 0');
  return value;
}

export function positiveInteger(text: string): number {
  const value = positiveNumber(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('not a whole number above 0');
  return value;
}

export function part(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0 || value > 1 || text.trim() === '') throw new InvalidArgumentError('not a number from 0 to 1');
  return value;
}
