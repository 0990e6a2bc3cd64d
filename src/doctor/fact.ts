import type { Host } from '../host/host.js';

/** What is known of a machine, and from where; or why it could not be learnt. */
export type Known<T> =
  | { readonly known: true; readonly value: T; readonly source: string }
  | { readonly known: false; readonly why: string };

/** Reads one thing about a machine. Parsing inside is a pure function of text. */
export interface Fact<T> {
  readonly name: string;
  read(host: Host, facts: Facts): Promise<Known<T>>;
}

/** The facts of one host, each read at most once. */
export interface Facts {
  readonly host: Host;
  of<T>(fact: Fact<T>): Promise<Known<T>>;
}

export const known = <T>(value: T, source: string): Known<T> => ({ known: true, value, source });
export const unknown = <T>(why: string): Known<T> => ({ known: false, why });

/** Facts of `host`, remembered by the fact's identity for as long as this object lives. */
export function factsOf(host: Host): Facts {
  const remembered = new Map<Fact<unknown>, Promise<Known<unknown>>>();
  const facts: Facts = {
    host,
    of<T>(fact: Fact<T>) {
      const before = remembered.get(fact);
      if (before) return before as Promise<Known<T>>;
      const reading = fact.read(host, facts);
      remembered.set(fact, reading);
      return reading;
    },
  };
  return facts;
}
