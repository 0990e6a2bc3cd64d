import { mostObjects, mostOperations } from '../bounds.js';
import { quoted } from '../place.js';
import type { Cursor } from './cursor.js';
import { type Builders, globalName, harmlessBuiltins, type Site, type StateTaker } from './globals.js';
import { reachesTheMachine } from './refused.js';
import { ByteString, Dict, Global, Known, type List, Opaque, PickleSet, type PickleValue, Tuple } from './values.js';

/** What a pickle may make beside Python's own types, and what its persistent ids mean. */
export interface PickleLanguage {
  readonly builders: Builders;
  readonly takeState: StateTaker;
  persistent(id: PickleValue, site: Site): PickleValue;
}

/** Text and bytes longer than this stay in the file. */
const longestHeld = 64 * 1024;
const longestInteger = 1024;
const longestLine = 64 * 1024 * 1024;

/**
 * Reads one pickle (protocols 0 to 5; opcodes as in Python's pickletools) from the cursor on, which then stands behind it. This is a machine that makes data: what a pickle would
 * call is either one of the builders, which make data, or refused with its name and byte. There is no look-up of names, no import, no call.
 */
export function readPickle(cursor: Cursor, language: PickleLanguage): PickleValue {
  return new Machine(cursor, language).run();
}

class Machine implements Site {
  readonly #cursor: Cursor;
  readonly #language: PickleLanguage;
  #stack: PickleValue[] = [];
  readonly #marks: PickleValue[][] = [];
  readonly #memo = new Map<number, PickleValue>();
  #operation = 0;
  #objects = 0;

  constructor(cursor: Cursor, language: PickleLanguage) {
    this.#cursor = cursor;
    this.#language = language;
  }

  /** A refusal at the operation under way. */
  broken(why: string, hint?: string): Error {
    return this.#cursor.place.broken(why, { offset: this.#operation, ...(hint === undefined ? {} : { hint }) });
  }

  run(): PickleValue {
    for (let count = 0; ; count++) {
      this.#operation = this.#cursor.position;
      if (count === mostOperations) throw this.broken(`it has more than ${mostOperations} operations: these are no weights`);
      const code = this.#cursor.byte();
      if (code === 0x2e) return this.#pop();
      const operation = operations[code];
      if (!operation) throw this.broken(`0x${code.toString(16).padStart(2, '0')} is no operation of a pickle`);
      operation(this, this.#cursor);
    }
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  /** A list, dict, tuple, set or object. */
  pushObject(value: PickleValue): void {
    if (++this.#objects > mostObjects) throw this.broken(`it makes more than ${mostObjects} objects: these are no weights`);
    this.#stack.push(value);
  }

  #pop(): PickleValue {
    if (this.#stack.length === 0) throw this.broken('it takes a value where there is none');
    return this.#stack.pop()!;
  }

  #top(): PickleValue {
    if (this.#stack.length === 0) throw this.broken('it takes a value where there is none');
    return this.#stack.at(-1)!;
  }

  mark(): void {
    this.#marks.push(this.#stack);
    this.#stack = [];
  }

  /** What was pushed since the last mark. */
  popMark(): PickleValue[] {
    const since = this.#stack;
    const before = this.#marks.pop();
    if (!before) throw this.broken('it goes back to a mark where there is none');
    this.#stack = before;
    return since;
  }

  drop(): void {
    // Python's own takes back a mark where nothing was pushed since.
    if (this.#stack.length === 0 && this.#marks.length > 0) this.popMark();
    else this.#pop();
  }

  again(): void {
    this.push(this.#top());
  }

  tuple(count: number): void {
    if (this.#stack.length < count) throw this.broken('it takes a value where there is none');
    this.pushObject(new Tuple(this.#stack.splice(this.#stack.length - count, count)));
  }

  remember(index: number): void {
    this.#memo.set(index, this.#top());
  }

  rememberNext(): void {
    this.remember(this.#memo.size);
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.broken(`it recalls value ${index}, which it never remembered`);
    this.push(value);
  }

  append(items: readonly PickleValue[]): void {
    const to = this.#top();
    const list = to instanceof Opaque ? to.list : to;
    if (!Array.isArray(list)) throw this.broken('it appends to something else than a list');
    for (const item of items) (list as List).push(item);
  }

  appendOne(): void {
    const item = this.#pop();
    this.append([item]);
  }

  setItems(items: readonly PickleValue[]): void {
    const to = this.#top();
    const dict = to instanceof Opaque ? to.items : to;
    if (!(dict instanceof Dict)) throw this.broken('it puts items into something else than a dict');
    if (items.length % 2 !== 0) throw this.broken('it puts a key without a value into a dict');
    for (let i = 0; i < items.length; i += 2) dict.entries.set(items[i]!, items[i + 1]!);
  }

  setOne(): void {
    const value = this.#pop();
    const key = this.#pop();
    this.setItems([key, value]);
  }

  addItems(items: readonly PickleValue[]): void {
    const to = this.#top();
    if (!(to instanceof PickleSet)) throw this.broken('it adds to something else than a set');
    for (const item of items) to.items.push(item);
  }

  /** A class or function: its name is all that is ever taken of it. */
  pushGlobal(module: string, name: string): void {
    const full = globalName(module, name);
    if (!this.#isKnown(full) && reachesTheMachine(full)) throw this.#runsCode(full);
    this.pushObject(new Global(full));
  }

  #isKnown(name: string): boolean {
    return Object.hasOwn(this.#language.builders, name) || harmlessBuiltins.has(name) || name === 'builtins.getattr';
  }

  /** What `pushGlobal` pushed. */
  popGlobal(): PickleValue {
    return this.#pop();
  }

  globalOfStack(): void {
    const name = this.#pop();
    const module = this.#pop();
    if (typeof name !== 'string' || typeof module !== 'string') throw this.broken('it names something by what is no text');
    this.pushGlobal(module, name);
  }

  /** `REDUCE`: what a pickle would call `callee` with. */
  call(callee: PickleValue, args: readonly PickleValue[]): PickleValue {
    if (!(callee instanceof Global)) throw this.broken('it calls something that is no function');
    const { name } = callee;
    const builders = this.#language.builders;
    if (Object.hasOwn(builders, name)) return builders[name]!(args, this);
    if (name === 'copyreg._reconstructor' || name === 'copyreg.__newobj__' || name === 'copyreg.__newobj_ex__')
      return this.instance(args[0] ?? null, args.slice(1));
    // Protocol 2 names a method like this; the name of something inert is inert too.
    const [owner, attribute] = args;
    if (
      name === 'builtins.getattr' &&
      args.length === 2 &&
      owner instanceof Global &&
      typeof attribute === 'string' &&
      !this.#isKnown(owner.name)
    )
      return new Global(`${owner.name}.${attribute}`);
    throw this.#runsCode(name);
  }

  /** `NEWOBJ`: an object of a class without its constructor having been called. */
  instance(type: PickleValue, args: readonly PickleValue[]): PickleValue {
    if (!(type instanceof Global)) throw this.broken('it makes an object of what is no class');
    if (Object.hasOwn(this.#language.builders, type.name)) return this.#language.builders[type.name]!(args, this);
    if (type.name === 'builtins.object' || !this.#isKnown(type.name)) return new Opaque(type.name);
    throw this.#runsCode(type.name);
  }

  reduce(): void {
    const args = this.#pop();
    const callee = this.#pop();
    if (!(args instanceof Tuple)) throw this.broken('it calls something with what is no tuple');
    this.pushObject(this.call(callee, args.items));
  }

  newObject(keywords: boolean): void {
    if (keywords) this.#pop();
    const args = this.#pop();
    const type = this.#pop();
    if (!(args instanceof Tuple)) throw this.broken('it makes an object with what is no tuple');
    this.pushObject(this.instance(type, args.items));
  }

  /** `OBJ` and `INST`, which call a class. */
  object([type, ...args]: readonly PickleValue[]): void {
    if (type === undefined) throw this.broken('it makes an object of what is no class');
    this.pushObject(this.call(type, args));
  }

  /** `BUILD`: gives an object its state. Python would call the object's `__setstate__`; an object here has none. */
  build(): void {
    const state = this.#pop();
    const object = this.#top();
    const own = namesOf(state).find((name) => name.startsWith('__') && machinery.has(name));
    if (own) throw this.broken(`it gives an object a ${quoted(own)}, by which it would run code; nothing of it was run`, trusted);
    if (object instanceof Known) {
      if (!this.#language.takeState(object, state, this))
        throw this.broken(`it gives a ${quoted(object.type)} a state that it cannot have`);
    } else if (object instanceof Opaque) object.state = state;
    // The attributes of an OrderedDict, such as the versions that a state dict has.
    else if (!(object instanceof Dict)) throw this.broken('it gives a state to what has none');
  }

  persistent(id: PickleValue): void {
    this.pushObject(this.#language.persistent(id, this));
  }

  persistentOfStack(): void {
    this.persistent(this.#pop());
  }

  #runsCode(name: string): Error {
    return this.broken(`it would call ${quoted(name)}, which no weights need; nothing of it was run`, trusted);
  }
}

const trusted = 'whoever trusts the file loads it with Python and saves its `state_dict()` alone';

/** What of an object decides what it does. */
const machinery = new Set([
  '__setstate__',
  '__reduce__',
  '__reduce_ex__',
  '__class__',
  '__init__',
  '__new__',
  '__call__',
  '__del__',
  '__getattr__',
  '__getattribute__',
  '__dict__',
  '__import__',
]);

/** The names that a state gives: of a dict, or of the two of a tuple (`__dict__` and slots). */
function namesOf(state: PickleValue): string[] {
  const dicts = state instanceof Tuple ? state.items : [state];
  return dicts.flatMap((dict) => (dict instanceof Dict ? [...dict.entries.keys()].filter((key) => typeof key === 'string') : []));
}

type Operation = (machine: Machine, cursor: Cursor) => void;

const text = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');

/** Text, or where it is long the bytes that it is of. */
function pushText(machine: Machine, cursor: Cursor, length: number): void {
  if (length <= longestHeld) machine.push(text(cursor.take(length)));
  else machine.pushObject(new ByteString(cursor.bytes, cursor.skip(length), length, true));
}

/** Bytes; those of Python 2, which are names as well, as text where they are short. */
function pushBytes(machine: Machine, cursor: Cursor, length: number, python2: boolean): void {
  if (python2 && length <= longestHeld) machine.push(Buffer.from(cursor.take(length)).toString('latin1'));
  else machine.pushObject(new ByteString(cursor.bytes, cursor.skip(length), length));
}

function pushInteger(machine: Machine, digits: string): void {
  if (digits.length > longestInteger || !/^[+-]?\d+$/.test(digits)) throw machine.broken('it has an integer that is none');
  const value = BigInt(digits.replace(/^\+/, ''));
  machine.push(isSafe(value) ? Number(value) : value);
}

const isSafe = (value: bigint) => value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= -BigInt(Number.MAX_SAFE_INTEGER);

/** Two's complement, little endian. */
function pushLong(machine: Machine, cursor: Cursor, length: number): void {
  if (length < 0 || length > longestInteger) throw machine.broken(`it has an integer of ${length} bytes`);
  const bytes = cursor.take(length);
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  if (length > 0 && bytes[length - 1]! & 0x80) value -= 1n << BigInt(8 * length);
  machine.push(isSafe(value) ? Number(value) : value);
}

/** `'text'` as Python 2 writes it in protocol 0. */
function quotedText(machine: Machine, line: string): string {
  const [, , inner] = /^(['"])([\s\S]*)\1$/.exec(line) ?? [];
  if (inner === undefined) throw machine.broken('it has a text without quotes');
  const plain: Readonly<Record<string, string>> = {
    n: '\n',
    t: '\t',
    r: '\r',
    '\\': '\\',
    "'": "'",
    '"': '"',
    a: '\x07',
    b: '\b',
    f: '\f',
    v: '\v',
    '0': '\0',
  };
  return inner.replace(/\\(x[0-9a-fA-F]{2}|[\s\S])/g, (_, code: string) =>
    code[0] === 'x' && code.length === 3 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (plain[code] ?? `\\${code}`),
  );
}

const unicodeEscapes = (line: string) =>
  line.replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/g, (whole, short?: string, long?: string) => {
    const code = Number.parseInt(short ?? long ?? '', 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

const unusual = new Map([
  ['inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['nan', Number.NaN],
]);

function pushFloat(machine: Machine, digits: string): void {
  const value = unusual.get(digits) ?? (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(digits) ? Number(digits) : undefined);
  if (value === undefined) throw machine.broken('it has a number that is none');
  machine.push(value);
}

/** Half of a name: UTF-8, unlike other lines. */
const word = (cursor: Cursor) => Buffer.from(cursor.line(longestInteger), 'latin1').toString('utf8');

const index = (machine: Machine, digits: string) => {
  if (!/^\d{1,10}$/.test(digits)) throw machine.broken('it remembers a value by what is no number');
  return Number(digits);
};

/** Only protocol 0 has it as text; `01` and `00` are its booleans. */
const decimal: Operation = (machine, cursor) => {
  const line = cursor.line(longestInteger);
  if (line === '01' || line === '00') machine.push(line === '01');
  else pushInteger(machine, line);
};

const refuse =
  (what: string): Operation =>
  (machine) => {
    throw machine.broken(what);
  };

/** By their code; the names are pickletools'. */
const operations: readonly (Operation | undefined)[] = (() => {
  const table: Readonly<Record<string, Operation>> = {
    // MARK POP POP_MARK DUP
    '(': (machine) => machine.mark(),
    '0': (machine) => machine.drop(),
    '1': (machine) => void machine.popMark(),
    '2': (machine) => machine.again(),
    // FLOAT INT BININT BININT1 BININT2 LONG BINFLOAT
    F: (machine, cursor) => pushFloat(machine, cursor.line(longestInteger)),
    I: decimal,
    J: (machine, cursor) => machine.push(cursor.int32()),
    K: (machine, cursor) => machine.push(cursor.byte()),
    M: (machine, cursor) => machine.push(cursor.uint16()),
    L: (machine, cursor) => pushInteger(machine, cursor.line(longestInteger).replace(/L$/, '')),
    G: (machine, cursor) => machine.push(cursor.double()),
    // NONE PERSID BINPERSID
    N: (machine) => machine.push(null),
    P: (machine, cursor) => machine.persistent(cursor.line(longestHeld)),
    Q: (machine) => machine.persistentOfStack(),
    // STRING BINSTRING SHORT_BINSTRING BINBYTES SHORT_BINBYTES
    S: (machine, cursor) => machine.push(quotedText(machine, cursor.line(longestLine))),
    T: (machine, cursor) => pushBytes(machine, cursor, cursor.int32(), true),
    U: (machine, cursor) => pushBytes(machine, cursor, cursor.byte(), true),
    B: (machine, cursor) => pushBytes(machine, cursor, cursor.uint32(), false),
    C: (machine, cursor) => pushBytes(machine, cursor, cursor.byte(), false),
    // UNICODE BINUNICODE
    V: (machine, cursor) => machine.push(unicodeEscapes(cursor.line(longestLine))),
    X: (machine, cursor) => pushText(machine, cursor, cursor.uint32()),
    // APPEND APPENDS LIST EMPTY_LIST
    a: (machine) => machine.appendOne(),
    e: (machine) => machine.append(machine.popMark()),
    l: (machine) => machine.pushObject(machine.popMark()),
    ']': (machine) => machine.pushObject([]),
    // DICT EMPTY_DICT SETITEM SETITEMS
    d(machine) {
      const items = machine.popMark();
      machine.pushObject(new Dict());
      machine.setItems(items);
    },
    '}': (machine) => machine.pushObject(new Dict()),
    s: (machine) => machine.setOne(),
    u: (machine) => machine.setItems(machine.popMark()),
    // TUPLE EMPTY_TUPLE
    t: (machine) => machine.pushObject(new Tuple(machine.popMark())),
    ')': (machine) => machine.pushObject(new Tuple([])),
    // GLOBAL REDUCE BUILD INST OBJ
    c: (machine, cursor) => machine.pushGlobal(word(cursor), word(cursor)),
    R: (machine) => machine.reduce(),
    b: (machine) => machine.build(),
    i(machine, cursor) {
      const args = machine.popMark();
      machine.pushGlobal(word(cursor), word(cursor));
      const type = machine.popGlobal();
      machine.object([type, ...args]);
    },
    o: (machine) => machine.object(machine.popMark()),
    // GET BINGET LONG_BINGET PUT BINPUT LONG_BINPUT
    g: (machine, cursor) => machine.recall(index(machine, cursor.line(longestInteger))),
    h: (machine, cursor) => machine.recall(cursor.byte()),
    j: (machine, cursor) => machine.recall(cursor.uint32()),
    p: (machine, cursor) => machine.remember(index(machine, cursor.line(longestInteger))),
    q: (machine, cursor) => machine.remember(cursor.byte()),
    r: (machine, cursor) => machine.remember(cursor.uint32()),
    // PROTO
    '\x80'(machine, cursor) {
      const protocol = cursor.byte();
      if (protocol > 5) throw machine.broken(`it is of pickle protocol ${protocol}; up to 5 is read`);
    },
    // NEWOBJ EXT1 EXT2 EXT4
    '\x81': (machine) => machine.newObject(false),
    '\x82': refuse('it uses the extension registry of the Python that wrote it'),
    '\x83': refuse('it uses the extension registry of the Python that wrote it'),
    '\x84': refuse('it uses the extension registry of the Python that wrote it'),
    // TUPLE1 TUPLE2 TUPLE3 NEWTRUE NEWFALSE LONG1 LONG4
    '\x85': (machine) => machine.tuple(1),
    '\x86': (machine) => machine.tuple(2),
    '\x87': (machine) => machine.tuple(3),
    '\x88': (machine) => machine.push(true),
    '\x89': (machine) => machine.push(false),
    '\x8a': (machine, cursor) => pushLong(machine, cursor, cursor.byte()),
    '\x8b': (machine, cursor) => pushLong(machine, cursor, cursor.int32()),
    // SHORT_BINUNICODE BINUNICODE8 BINBYTES8 EMPTY_SET ADDITEMS FROZENSET NEWOBJ_EX STACK_GLOBAL MEMOIZE FRAME
    '\x8c': (machine, cursor) => pushText(machine, cursor, cursor.byte()),
    '\x8d': (machine, cursor) => pushText(machine, cursor, cursor.length64()),
    '\x8e': (machine, cursor) => pushBytes(machine, cursor, cursor.length64(), false),
    '\x8f': (machine) => machine.pushObject(new PickleSet()),
    '\x90': (machine) => machine.addItems(machine.popMark()),
    '\x91'(machine) {
      const items = machine.popMark();
      machine.pushObject(new PickleSet());
      machine.addItems(items);
    },
    '\x92': (machine) => machine.newObject(true),
    '\x93': (machine) => machine.globalOfStack(),
    '\x94': (machine) => machine.rememberNext(),
    '\x95'(machine, cursor) {
      const length = cursor.length64();
      if (length > cursor.left) throw machine.broken(`it is cut off: a frame of ${length} bytes should follow, there are ${cursor.left}`);
    },
    // BYTEARRAY8 NEXT_BUFFER READONLY_BUFFER
    '\x96': (machine, cursor) => pushBytes(machine, cursor, cursor.length64(), false),
    '\x97': refuse('its arrays lie outside of it (out-of-band buffers)'),
    '\x98': refuse('its arrays lie outside of it (out-of-band buffers)'),
  };
  const byCode: (Operation | undefined)[] = Array(256).fill(undefined);
  for (const [character, operation] of Object.entries(table)) byCode[character.charCodeAt(0)] = operation;
  return byCode;
})();
