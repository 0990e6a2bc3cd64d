import type { ConcatAttrs, PackAttrs, PadV2Attrs, SliceAttrs, SplitVAttrs, StridedSliceAttrs, UnpackAttrs } from '../../../tf.js';
import { backend_util, slice_util, util } from '../../../tf.js';
import type { Handle } from '../binding.js';
import { kernel, type Operand } from '../kernel.js';

/** A view; but a small part is copied, lest it keep the whole in memory. */
export const slice = kernel<{ x: unknown }, SliceAttrs>('Slice', (torch, { x }, { begin, size }) => {
  const [starts, sizes] = slice_util.parseSliceParams({ shape: x.shape, rank: x.shape.length } as never, begin, size) as [
    number[],
    number[],
  ];
  slice_util.assertParamsValid({ shape: x.shape, rank: x.shape.length } as never, starts, sizes);
  let part: Operand | Handle = x;
  for (let axis = 0; axis < starts.length; axis++)
    if (sizes[axis] !== x.shape[axis]) part = torch.call('narrow', part, axis, starts[axis], sizes[axis]);
  if (part === x) return torch.share(x);
  return 2 * util.sizeFromShape(sizes) < util.sizeFromShape(x.shape) ? torch.call('clone', part as Handle) : (part as Handle);
});

export const splitV = kernel<{ x: unknown }, SplitVAttrs>('SplitV', (torch, { x }, { numOrSizeSplits, axis }) => {
  const [along] = util.parseAxisParam(axis, x.shape) as [number];
  const sizes = backend_util.prepareSplitSize({ shape: x.shape } as never, numOrSizeSplits, along);
  return torch.callForMany('split_with_sizes', x, sizes, along);
});

export const concat = kernel<Operand[], ConcatAttrs>('Concat', (torch, inputs, { axis }) => {
  const parts = inputs as unknown as Operand[];
  const [along] = util.parseAxisParam(axis, parts[0]!.shape) as [number];
  const shapes = parts.map(({ shape }) => shape);
  backend_util.assertParamsConsistent(shapes, along);
  const filled = parts.filter(({ shape }) => util.sizeFromShape(shape) > 0);
  if (filled.length === 0) return torch.full(backend_util.computeOutShape(shapes, along), 0, parts[0]!.dtype as 'float32');
  return filled.length === 1 ? torch.share(filled[0]!) : torch.call('cat', filled, along);
});

export const padV2 = kernel<{ x: unknown }, PadV2Attrs>('PadV2', (torch, { x }, { paddings, constantValue }) =>
  // libtorch counts the sides from the last dimension.
  torch.call('constant_pad_nd', x, paddings.toReversed().flat(), constantValue),
);

/** Tensors of one shape along a new axis. */
export const pack = kernel<Operand[], PackAttrs>('Pack', (torch, inputs, { axis }) => {
  const parts = inputs as unknown as Operand[];
  for (const { shape, dtype } of parts)
    if (!util.arraysEqual(shape, parts[0]!.shape) || dtype !== parts[0]!.dtype)
      throw new Error(`${dtype} [${shape}] does not go with ${parts[0]!.dtype} [${parts[0]!.shape}]`);
  return torch.call(
    'stack',
    parts.map((part) => torch.plain(part)),
    axis,
  );
});

export const unpack = kernel<{ value: unknown }, UnpackAttrs>('Unpack', (torch, { value }, { axis }) =>
  torch.callForMany('unbind.int', value, axis),
);

export const stridedSlice = kernel<{ x: unknown }, StridedSliceAttrs>('StridedSlice', (torch, { x }, attrs) => {
  const info = slice_util.sliceInfo(
    x.shape,
    attrs.begin,
    attrs.end,
    attrs.strides,
    attrs.beginMask,
    attrs.endMask,
    attrs.ellipsisMask,
    attrs.newAxisMask,
    attrs.shrinkAxisMask,
  );
  if (info.isIdentity) return torch.share(x, info.finalShape);
  let part: Operand | Handle = x;
  slice_util.computeOutShape(info.begin, info.end, info.strides).forEach((count, axis) => {
    const [from, step] = [info.begin[axis]!, info.strides[axis]!];
    const last = from + (count - 1) * step;
    if (count <= 0) part = torch.call('narrow', part, axis, 0, 0);
    else if (step > 0) part = torch.call('slice.Tensor', part, axis, from, last + 1, step);
    // libtorch takes no steps back.
    else part = torch.call('flip', torch.call('slice.Tensor', part, axis, last, from + 1, -step), [axis]);
  });
  return torch.call('clone', torch.call('reshape', part, info.finalShape));
});
