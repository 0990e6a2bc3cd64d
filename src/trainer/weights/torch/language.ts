import { type DtypeName, dtypeOfStorage, dtypeOfTorch, dtypes } from '../dtypes.js';
import { numpyBuilders, takeNumpyState } from '../numpy.js';
import { type Builder, type Builders, plainBuilders, type Site } from '../pickle/globals.js';
import type { PickleLanguage } from '../pickle/machine.js';
import { Global, Opaque, type PickleValue, Tuple } from '../pickle/values.js';
import { isShape } from '../stored-tensor.js';
import { endOf } from '../strided.js';
import { Storage, Tensor, TorchDtype } from './values.js';

const numbers = (value: PickleValue | undefined): readonly PickleValue[] | undefined => (value instanceof Tuple ? value.items : undefined);

/** More than any tensor has (PyTorch's own limit is 64). */
const mostAxes = 64;

/** A view of a storage, which must lie inside it. */
function viewOf([storage, offset, size, stride]: readonly PickleValue[], dtype: DtypeName | undefined, site: Site): Tensor {
  if (!(storage instanceof Storage)) throw site.broken('a tensor without a storage');
  const [shape, strides] = [numbers(size), numbers(stride)];
  const sound =
    shape &&
    strides &&
    shape.length === strides.length &&
    shape.length <= mostAxes &&
    isShape(shape) &&
    isWhole([offset ?? null, ...strides]);
  if (!sound) throw site.broken('a tensor without a sound shape');
  const own = dtype ?? storage.dtype;
  if (own === undefined) throw site.broken('a tensor that does not say what its numbers are');
  const view = { dtype: own, shape, strides: strides as readonly number[], offset: offset as number };
  const end = endOf(view);
  // Not a sum that rounding could bring below the length.
  if (!Number.isSafeInteger(end) || end * dtypes[own].bytes > storage.bytes) {
    throw site.broken(`a tensor of shape [${shape.join(', ')}] goes beyond the ${storage.bytes} bytes of its storage`);
  }
  return new Tensor(storage, view);
}

const isWhole = (values: readonly PickleValue[]): values is readonly number[] =>
  values.every((value) => Number.isSafeInteger(value) && (value as number) >= 0);

const rebuild: Builder = (args, site) => viewOf(args, undefined, site);

const rebuildTyped: Builder = (args, site) => {
  const [dtype] = args.slice(6);
  const named =
    dtype instanceof TorchDtype ? dtype.dtype : dtype instanceof Global ? dtypeOfTorch(dtype.name.replace(/^torch\./, '')) : undefined;
  if (named === undefined) throw site.broken('a tensor that does not say what its numbers are');
  return viewOf(args, named, site);
};

/** A parameter is its tensor. */
const first: Builder = ([tensor], site) => {
  if (tensor === undefined) throw site.broken('a parameter without a tensor');
  return tensor;
};

/** A tensor of another kind: told of, and left out. */
const unread =
  (what: string): Builder =>
  () =>
    new Opaque(what);

const torchBuilders: Builders = {
  'torch._utils._rebuild_tensor': rebuild,
  'torch._utils._rebuild_tensor_v2': rebuild,
  'torch._utils._rebuild_tensor_v3': rebuildTyped,
  'torch._utils._rebuild_parameter': first,
  'torch._utils._rebuild_parameter_with_state': first,
  'torch.nn.parameter.Parameter': first,
  'torch.Tensor': first,
  // (function, type, arguments, state): a subclass of tensors is its tensor.
  'torch._tensor._rebuild_from_type_v2': ([callee, , args], site) => {
    const builder = callee instanceof Global && Object.hasOwn(tensorBuilders, callee.name) ? tensorBuilders[callee.name] : undefined;
    if (!builder || !(args instanceof Tuple)) throw site.broken('a tensor of a kind that is not known');
    return builder(args.items, site);
  },
  'torch.Size': ([sides]) => (sides instanceof Tuple ? sides : new Tuple(Array.isArray(sides) ? [...sides] : [])),
  'torch._utils._rebuild_sparse_tensor': unread('a sparse tensor'),
  'torch._utils._rebuild_sparse_csr_tensor': unread('a sparse tensor'),
  'torch._utils._rebuild_nested_tensor': unread('a nested tensor'),
  'torch._utils._rebuild_qtensor': unread('a quantized tensor'),
  'torch._utils._rebuild_meta_tensor_no_storage': unread('a tensor without numbers (meta)'),
  'torch.device': unread('torch.device'),
  'torch.Generator': unread('torch.Generator'),
  'torch.serialization._get_layout': unread('torch.layout'),
};

const tensorBuilders: Builders = Object.fromEntries(
  Object.entries(torchBuilders).filter(([name]) => /_rebuild_(tensor|parameter)/.test(name)),
);

const builders: Builders = { ...plainBuilders, ...numpyBuilders, ...torchBuilders };

/** `('storage', type, key, location, count[, view])`, or a module of a model that was pickled whole. */
function persistent(id: PickleValue, site: Site): PickleValue {
  const parts = numbers(id);
  if (!parts) throw site.broken('it points to something outside of it');
  const [kind, type, key, , count, view] = parts;
  // (class, file, source): the class is a name like any other.
  if (kind === 'module') return type ?? null;
  if (kind !== 'storage' || !(type instanceof Global) || typeof key !== 'string' || !isWhole([count ?? null]))
    throw site.broken('a storage without a type, name and length');
  const name = type.name.split('.').at(-1)!;
  const untyped = name === 'UntypedStorage' || name === '_UntypedStorage';
  const dtype = dtypeOfStorage(name);
  if (!untyped && dtype === undefined) throw site.broken(`a storage of the unknown type \`${name.slice(0, 60)}\``);
  const size = dtype === undefined ? 1 : dtypes[dtype].bytes;
  const whole = new Storage(key, dtype, size * (count as number));
  if (!Number.isSafeInteger(whole.bytes)) throw site.broken('a storage of more bytes than there are');
  const part = view === undefined || view === null ? undefined : numbers(view);
  if (!part) return whole;
  const [, offset, length] = part;
  if (!isWhole([offset ?? null, length ?? null]) || (offset as number) + (length as number) > (count as number))
    throw site.broken('a part of a storage lies outside of it');
  return new Storage(key, dtype, size * (length as number), size * (offset as number));
}

/** The pickles of PyTorch and of those who pickle arrays: what may be made in them. */
export const torchLanguage: PickleLanguage = { builders, persistent, takeState: takeNumpyState };
