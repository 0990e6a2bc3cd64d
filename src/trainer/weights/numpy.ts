import { type DtypeName, dtypes } from './dtypes.js';
import type { Builders, Site } from './pickle/globals.js';
import { ByteString, Known, Opaque, type PickleValue, Tuple } from './pickle/values.js';
import { countOf, isShape } from './stored-tensor.js';
import { rowMajor, type Strided } from './strided.js';

/** `numpy.dtype`, filled in by its state. */
export class NumpyDtype extends Known {
  readonly type = 'numpy.dtype';
  /** Undefined where it is no number, such as a record or an object. */
  readonly dtype: DtypeName | undefined;
  bigEndian = false;

  constructor(dtype: DtypeName | undefined) {
    super();
    this.dtype = dtype;
  }
}

/** `numpy.ndarray`, of which the bytes stay in the pickle. */
export class NumpyArray extends Known {
  readonly type = 'numpy.ndarray';
  view: Strided | undefined;
  data: ByteString | undefined;
  bigEndian = false;

  /** Whether numbers came to it. */
  get isFilled(): boolean {
    return this.view !== undefined && this.data !== undefined;
  }
}

const kinds: Readonly<Record<string, DtypeName>> = {
  ...{ f8: 'F64', f4: 'F32', f2: 'F16', i8: 'I64', i4: 'I32', i2: 'I16', i1: 'I8' },
  ...{ u8: 'U64', u4: 'U32', u2: 'U16', u1: 'U8', b1: 'BOOL', '?': 'BOOL', c8: 'C64' },
};

function dtypeNamed(given: PickleValue | undefined): NumpyDtype {
  const [, order, name] = typeof given === 'string' ? (/^([<>|=]?)(.*)$/.exec(given) ?? []) : [];
  const made = new NumpyDtype(name !== undefined && Object.hasOwn(kinds, name) ? kinds[name] : undefined);
  made.bigEndian = order === '>';
  return made;
}

/** The array of `numpy.core.multiarray._reconstruct`, still without its state; a subclass of ndarray is one too. */
const reconstruct = () => new NumpyArray();

const fromBuffer = (args: readonly PickleValue[], site: Site): PickleValue => {
  const [buffer, dtype, shape, order] = args;
  const array = new NumpyArray();
  fill(array, { shape, dtype, fortran: order === 'F', data: buffer }, site);
  return array;
};

const scalar = ([dtype, data]: readonly PickleValue[]): PickleValue => {
  const record = new Opaque('numpy scalar');
  record.list.push(dtype ?? null, data ?? null);
  return record;
};

const modules = ['numpy.core', 'numpy._core'];

export const numpyBuilders: Builders = {
  'numpy.dtype': ([name]) => dtypeNamed(name),
  // A class that pickles name as the type of what they reconstruct; called, it would make an array of any shape.
  'numpy.ndarray': (_, site) => {
    throw site.broken('it makes a `numpy.ndarray` without its numbers');
  },
  ...Object.fromEntries(
    modules.flatMap((module) => [
      [`${module}.multiarray._reconstruct`, reconstruct],
      [`${module}.multiarray.scalar`, scalar],
      [`${module}.numeric._frombuffer`, fromBuffer],
    ]),
  ),
};

/** The state of a dtype or of an array; false where `object` is neither. */
export function takeNumpyState(object: Known, state: PickleValue, site: Site): boolean {
  const items = state instanceof Tuple ? state.items : undefined;
  if (object instanceof NumpyDtype) {
    // (version, byte order, …)
    if (items && (items[1] === '>' || items[1] === '<')) object.bigEndian = items[1] === '>';
    return items !== undefined;
  }
  if (!(object instanceof NumpyArray)) return false;
  // (version, shape, dtype, whether in Fortran's order, bytes)
  if (!items || items.length < 4) return false;
  const [shape, dtype, fortran, data] = items.slice(-4);
  fill(object, { shape, dtype, fortran: fortran === true || fortran === 1, data }, site);
  return true;
}

interface ArrayState {
  readonly shape: PickleValue | undefined;
  readonly dtype: PickleValue | undefined;
  readonly fortran: boolean;
  readonly data: PickleValue | undefined;
}

function fill(array: NumpyArray, { shape, dtype, fortran, data }: ArrayState, site: Site): void {
  if (!(dtype instanceof NumpyDtype)) throw site.broken('a `numpy.ndarray` without its dtype');
  // What is no number stays what it is: known to be there, and left out.
  if (dtype.dtype === undefined) return;
  const sides = shape instanceof Tuple ? shape.items : typeof shape === 'number' ? [shape] : undefined;
  if (!sides || !isShape(sides)) throw site.broken('a `numpy.ndarray` without a sound shape');
  const bytes = countOf(sides) * dtypes[dtype.dtype].bytes;
  const held = heldBytes(data);
  if (!held) throw site.broken('a `numpy.ndarray` without its bytes');
  // As text each byte from 128 on takes two; which, only reading it tells.
  const fits = held.asText ? bytes <= held.length && held.length <= 2 * bytes : bytes === held.length;
  if (!fits) throw site.broken(`a \`numpy.ndarray\` of ${bytes} bytes has ${held.length}`);
  array.view = {
    dtype: dtype.dtype,
    shape: sides,
    strides: fortran ? rowMajor([...sides].reverse()).reverse() : rowMajor(sides),
    offset: 0,
  };
  array.data = held;
  array.bigEndian = dtype.bigEndian;
}

/** Short bytes of Python 2 were taken as text. */
function heldBytes(data: PickleValue | undefined): ByteString | undefined {
  if (data instanceof ByteString) return data;
  if (typeof data !== 'string') return undefined;
  const bytes = Buffer.from(data, 'latin1');
  return new ByteString({ length: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) }, 0, bytes.length);
}
