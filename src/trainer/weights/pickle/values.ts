import type { Bytes } from '../bytes.js';

/** What a pickle can hold here: plain data, and records of what is not. None of it can do anything. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly PickleValue[]
  | Tuple
  | Dict
  | PickleSet
  | ByteString
  | Opaque
  | Global
  | Known;

/** A list; what is appended while the pickle is read goes here. */
export type List = PickleValue[];

export class Tuple {
  readonly items: readonly PickleValue[];

  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** A dict of any kind. Keys that are no plain values are told apart by identity, which is enough to show them. */
export class Dict {
  readonly entries = new Map<PickleValue, PickleValue>();

  get(key: string): PickleValue | undefined {
    return this.entries.get(key);
  }
}

export class PickleSet {
  readonly items: PickleValue[] = [];
}

/** Bytes that stay where they are until somebody wants them: a pickle's arrays are most of its file. */
export class ByteString {
  readonly length: number;
  /** Whether it was pickled as text: Latin-1 characters in UTF-8, as protocol 2 knows no bytes; then `length` counts the UTF-8. */
  readonly asText: boolean;
  readonly #source: Bytes;
  readonly #offset: number;

  constructor(source: Bytes, offset: number, length: number, asText = false) {
    this.#source = source;
    this.#offset = offset;
    this.length = length;
    this.asText = asText;
  }

  bytes(): Uint8Array {
    const raw = this.#source.read(this.#offset, this.length);
    return this.asText ? Buffer.from(Buffer.from(raw).toString('utf8'), 'latin1') : raw;
  }

  /** The same text taken as bytes, as `_codecs.encode(text, 'latin1')` means it. */
  encoded(): ByteString {
    return new ByteString(this.#source, this.#offset, this.length, true);
  }
}

/** A class or function by name: never looked up, only told apart. */
export class Global {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** An object of a class that is not known to be data: what it holds, and nothing that it could do. */
export class Opaque {
  readonly type: string;
  state: PickleValue = null;
  readonly items = new Dict();
  readonly list: List = [];

  constructor(type: string) {
    this.type = type;
  }
}

/** Base of the objects that a reader of weights knows: tensors, storages, arrays, dtypes. */
export abstract class Known {
  /** What Python calls it, for messages. */
  abstract readonly type: string;
}

/** The dict of a value, also where a subclass of dict that is not known was pickled. */
export function dictOf(value: PickleValue | undefined): Dict | undefined {
  if (value instanceof Dict) return value;
  return value instanceof Opaque && value.items.entries.size > 0 ? value.items : undefined;
}

/** `a dict of 3`, `None`: what a value is, for messages. */
export function kindOf(value: PickleValue): string {
  if (value === null) return 'None';
  if (typeof value === 'object' && Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof Dict) return `a dict of ${value.entries.size}`;
  if (value instanceof Tuple) return `a tuple of ${value.items.length}`;
  if (value instanceof PickleSet) return `a set of ${value.items.length}`;
  if (value instanceof ByteString) return `${value.length} bytes`;
  if (value instanceof Global) return value.name;
  if (value instanceof Opaque || value instanceof Known) return value.type;
  return { boolean: 'a boolean', number: 'a number', bigint: 'an integer', string: 'text' }[
    typeof value as 'boolean' | 'number' | 'bigint' | 'string'
  ];
}
