import { type BackendWasm, backend_util, type EinsumAttrs, type TensorInfo, util } from '../../../tf.js';
import { type Call, callKernel, release, reshaped, type WasmKernel } from '../memory.js';

/**
 * Einstein summation of one or two float32 tensors, `ij,jk->ik`: axes that only one tensor has and the result lacks are
 * summed first, then the product is one batched matrix product over the shared, the free and the summed axes.
 */
export const einsum: WasmKernel = {
  name: 'Einsum',
  make: () => (params) => {
    const { inputs, attrs, backend } = params as unknown as Call<readonly TensorInfo[], EinsumAttrs>;
    const tensors = inputs as readonly TensorInfo[];
    const { allDims, summedDims, idDims } = backend_util.decodeEinsumEquation(attrs.equation, tensors.length);
    backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors as never);
    const rank = allDims.length - summedDims.length;
    // The axes of the result come first in `allDims`, in their order.
    const wanted = Array.from({ length: rank }, (_, axis) => axis);
    const [first, second] = tensors.map((tensor, i) => own(backend, { tensor, axes: idDims[i]! }, needed(i, idDims, wanted)));
    if (!first) throw new Error(`\`${attrs.equation}\` has no operand`);
    const whole = second ? product(backend, first, second, wanted) : first;
    const perm = wanted.map((axis) => whole.axes.indexOf(axis));
    const result = callKernel(backend, 'Transpose', { x: whole.tensor }, { perm });
    release(backend, whole.tensor);
    return result;
  },
};

/** A tensor and what its axes are called in the equation. */
interface Named {
  readonly tensor: TensorInfo;
  readonly axes: readonly number[];
}

/** The axes of operand `i` that something else still asks for. */
const needed = (i: number, idDims: readonly (readonly number[])[], wanted: readonly number[]) =>
  new Set([...wanted, ...idDims.flatMap((axes, j) => (j === i ? [] : axes))]);

/** A copy that the caller owns, with all axes but the needed ones summed. */
function own(backend: BackendWasm, { tensor, axes }: Named, keep: ReadonlySet<number>): Named {
  const gone = axes.flatMap((axis, position) => (keep.has(axis) ? [] : [position]));
  if (gone.length === 0) return { tensor: reshaped(backend, tensor, tensor.shape), axes };
  const summed = callKernel(backend, 'Sum', { x: tensor }, { axis: gone, keepDims: false });
  return { tensor: summed, axes: axes.filter((axis) => keep.has(axis)) };
}

/** Multiplies and sums over what both have and nobody wants; takes both operands over. */
function product(backend: BackendWasm, a: Named, b: Named, wanted: readonly number[]): Named {
  const shared = a.axes.filter((axis) => b.axes.includes(axis));
  const batch = shared.filter((axis) => wanted.includes(axis));
  const summed = shared.filter((axis) => !wanted.includes(axis));
  const freeA = a.axes.filter((axis) => !shared.includes(axis));
  const freeB = b.axes.filter((axis) => !shared.includes(axis));
  const left = arranged(backend, a, [batch, freeA, summed]);
  const right = arranged(backend, b, [batch, summed, freeB]);
  const multiplied = callKernel(backend, 'BatchMatMul', { a: left, b: right }, { transposeA: false, transposeB: false });
  const size = (axis: number) => (a.axes.includes(axis) ? a.tensor.shape[a.axes.indexOf(axis)]! : b.tensor.shape[b.axes.indexOf(axis)]!);
  const axes = [...batch, ...freeA, ...freeB];
  const tensor = reshaped(backend, multiplied, axes.map(size));
  release(backend, left, right, multiplied, a.tensor, b.tensor);
  return { tensor, axes };
}

/** The axes in groups, each group one axis. */
function arranged(backend: BackendWasm, { tensor, axes }: Named, groups: readonly (readonly number[])[]): TensorInfo {
  const perm = groups.flat().map((axis) => axes.indexOf(axis));
  const turned = callKernel(backend, 'Transpose', { x: tensor }, { perm });
  const sizes = groups.map((group) => util.sizeFromShape(group.map((axis) => tensor.shape[axes.indexOf(axis)]!)));
  const result = reshaped(backend, turned, sizes);
  release(backend, turned);
  return result;
}
