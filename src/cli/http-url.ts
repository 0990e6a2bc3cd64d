import { InvalidArgumentError } from 'commander';

/** Parses an option's value that must be an `http` or `https` address. */
export function httpUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw new InvalidArgumentError('not an http or https address');
  return text;
}
