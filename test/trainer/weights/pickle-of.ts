/** Pickles by hand, opcode by opcode (Python's pickletools has them all), so that anything can be in them. */
export const text = (value: string) => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([Buffer.from('X'), length, bytes]);
};

export const number = (value: number) => {
  if (value > 0x7fffffff) return Buffer.from(`L${value}L\n`);
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return Buffer.concat([Buffer.from('J'), bytes]);
};

export const global = (module: string, name: string) => Buffer.from(`c${module}\n${name}\n`);

type Part = Buffer | string;

export const joined = (...parts: readonly Part[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));

/** A tuple of any length. */
export const tuple = (...parts: readonly Part[]) => joined('(', ...parts, 't');

/** Protocol 2, and the end. */
export const pickle = (...parts: readonly Part[]) => joined('\x80\x02', ...parts, '.');

export interface TensorGiven {
  readonly key?: string;
  /** Numbers that the storage claims. */
  readonly count: number;
  readonly shape: readonly number[];
  readonly strides?: readonly number[];
  readonly offset?: number;
  readonly storage?: string;
}

/** A call of `_rebuild_tensor_v2`. */
export function tensor({ key = '0', count, shape, strides, offset = 0, storage = 'FloatStorage' }: TensorGiven): Buffer {
  const steps = strides ?? shape.map((_, axis) => shape.slice(axis + 1).reduce((product, side) => product * side, 1));
  const id = joined(tuple(text('storage'), global('torch', storage), text(key), text('cpu'), number(count)), 'Q');
  return joined(
    global('torch._utils', '_rebuild_tensor_v2'),
    tuple(id, number(offset), tuple(...shape.map(number)), tuple(...steps.map(number)), '\x89', global('collections', 'OrderedDict'), ')R'),
    'R',
  );
}

/** A dict of these tensors, alone in a pickle. */
export const dictPickle = (entries: Readonly<Record<string, Part>>) =>
  pickle('}(', ...Object.entries(entries).flatMap(([name, value]) => [text(name), value]), 'u');
