import { ByteString, Dict, dictOf, type Known, type List, Opaque, PickleSet, type PickleValue, Tuple } from './values.js';

/** Where a value is made, and what is wrong with it. */
export interface Site {
  /** A refusal at this place of the pickle. */
  broken(why: string): Error;
}

/** Makes a value of what a pickle would have called something with. */
export type Builder = (args: readonly PickleValue[], site: Site) => PickleValue;

/** Names that stand for data, and how each is made here. Nothing else can be made by a call. */
export type Builders = Readonly<Record<string, Builder>>;

/** How a known object takes the state that a pickle gives it. */
export type StateTaker = (object: Known, state: PickleValue, site: Site) => boolean;

/** Python 2 called some modules otherwise. */
const renamed = new Map([
  ['__builtin__', 'builtins'],
  ['copy_reg', 'copyreg'],
]);

export const globalName = (module: string, name: string): string => `${renamed.get(module) ?? module}.${name}`;

const itemsOf = (value: PickleValue | undefined): readonly PickleValue[] => {
  if (Array.isArray(value)) return value as List;
  return value instanceof Tuple || value instanceof PickleSet ? value.items : [];
};

function orderedDict([pairs]: readonly PickleValue[]): Dict {
  const dict = new Dict();
  const given = dictOf(pairs);
  if (given) for (const [key, value] of given.entries) dict.entries.set(key, value);
  for (const pair of itemsOf(pairs)) {
    const [key, value] = itemsOf(pair);
    if (key !== undefined && value !== undefined) dict.entries.set(key, value);
  }
  return dict;
}

const setOf: Builder = ([items]) => {
  const set = new PickleSet();
  set.items.push(...itemsOf(items));
  return set;
};

/** Text as the bytes that protocol 2 hides in it. */
const encoded: Builder = ([text, encoding], site) => {
  if (encoding !== undefined && !(typeof encoding === 'string' && /^(latin-?1|iso-?8859-1)$/i.test(encoding)))
    throw site.broken('text that is no bytes in Latin-1');
  if (text instanceof ByteString) return text.encoded();
  if (typeof text !== 'string') throw site.broken('`_codecs.encode` of something else than text');
  const bytes = Buffer.from(text, 'latin1');
  return new ByteString({ length: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) }, 0, bytes.length);
};

/** Bytes of protocol 2 and below that are no text: `bytes()`, `bytes(text, 'latin1')`, `bytearray(text, 'latin1')`. */
const bytesOf: Builder = (args, site) =>
  args.length === 0 ? encoded([''], site) : args[0] instanceof ByteString ? args[0] : encoded(args, site);

/** An object that only says what it is: a date, a path, a place. */
const inert =
  (type: string): Builder =>
  (args) => {
    const object = new Opaque(type);
    object.list.push(...args);
    return object;
  };

const inertNames = [
  ...[
    'datetime.datetime',
    'datetime.date',
    'datetime.time',
    'datetime.timedelta',
    'datetime.timezone',
    'decimal.Decimal',
    'fractions.Fraction',
  ],
  ...[
    'pathlib.Path',
    'pathlib.PosixPath',
    'pathlib.PurePath',
    'pathlib.PurePosixPath',
    'pathlib.WindowsPath',
    'pathlib.PureWindowsPath',
    'uuid.UUID',
  ],
  ...[
    'pathlib._local.PosixPath',
    'pathlib._local.WindowsPath',
    'collections.deque',
    'collections.Counter',
    'functools.partial',
    'argparse.Namespace',
  ],
  ...['builtins.complex', 'builtins.slice', 'builtins.range', 'builtins.xrange', 'builtins.object'],
  ...['numpy.random._pickle.__randomstate_ctor', 'numpy.random._pickle.__generator_ctor', 'numpy.random._pickle.__bit_generator_ctor'],
];

/** Python's own types. */
export const plainBuilders: Builders = {
  'collections.OrderedDict': orderedDict,
  'collections.defaultdict': ([, ...rest]) => orderedDict(rest),
  'builtins.dict': orderedDict,
  'builtins.list': ([items]) => [...itemsOf(items)],
  'builtins.tuple': ([items]) => new Tuple([...itemsOf(items)]),
  'builtins.set': setOf,
  'builtins.frozenset': setOf,
  'builtins.bytes': bytesOf,
  'builtins.bytearray': bytesOf,
  '_codecs.encode': encoded,
  ...Object.fromEntries(inertNames.map((name) => [name, inert(name)])),
};

/** Names of Python's own that may stand in a pickle as themselves: types that something is said to be of. */
export const harmlessBuiltins = new Set(
  [
    'int',
    'float',
    'bool',
    'str',
    'bytes',
    'unicode',
    'long',
    'list',
    'tuple',
    'dict',
    'set',
    'frozenset',
    'object',
    'type',
    'complex',
    'NoneType',
    'Ellipsis',
    'NotImplemented',
  ].map((name) => `builtins.${name}`),
);
