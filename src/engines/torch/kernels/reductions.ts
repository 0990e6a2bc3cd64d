import type { SumAttrs } from '../../../tf.js';
import { util } from '../../../tf.js';
import type { TorchBackend } from '../backend.js';
import { type Handle, ScalarType } from '../binding.js';
import { kernel, type Operand } from '../kernel.js';

interface Reducing {
  readonly axis: number | readonly number[];
  /** What TensorFlow.js calls the axes of `Max`. */
  readonly reductionIndices?: number | readonly number[];
  readonly keepDims?: boolean;
}

const axesOf = ({ axis, reductionIndices }: Reducing, x: Operand): number[] =>
  util.parseAxisParam((reductionIndices ?? axis) as number[], x.shape);

/** Sums are taken in float32 also of what is stored as bfloat16. */
const sumType = ({ dtype }: Operand) =>
  dtype === 'complex64' ? ScalarType.complex64 : dtype === 'float32' ? ScalarType.float32 : ScalarType.int32;

export const sum = kernel<{ x: unknown }, SumAttrs>('Sum', (torch, { x }, attrs) => {
  const axes = axesOf(attrs as Reducing, x);
  if (axes.length === 0 && x.shape.length > 0) return x.dtype === 'bool' ? torch.cast(x, 'int32') : torch.share(x);
  return torch.call('sum.dim_IntList', x, axes, (attrs as Reducing).keepDims ?? false, sumType(x));
});

export const mean = kernel<{ x: unknown }, Reducing>('Mean', (torch, { x }, attrs) => {
  const axes = axesOf(attrs, x);
  if (axes.length === 0 && x.shape.length > 0) return torch.cast(x, 'float32');
  return torch.call('mean.dim', x, axes, attrs.keepDims ?? false, ScalarType.float32);
});

/** The largest or smallest over some axes. */
const extreme = (kernelName: string, operator: string) =>
  kernel<{ x: unknown }, Reducing>(kernelName, (torch, { x }, attrs) => {
    const axes = axesOf(attrs, x);
    if (axes.length === 0 && x.shape.length > 0) return torch.share(x);
    return torch.call(operator, x, axes, attrs.keepDims ?? false);
  });

export const max = extreme('Max', 'amax');
export const min = extreme('Min', 'amin');

/** One axis after the other, for operators that take one. */
function axisByAxis(torch: TorchBackend, x: Operand, attrs: Reducing, reduce: (from: Operand | Handle, axis: number) => Handle): Handle {
  let result: Operand | Handle = x;
  // From the last on, so that the numbers of those to come stay right.
  for (const axis of axesOf(attrs, x).sort((a, b) => b - a)) result = reduce(result, axis);
  return result === x ? torch.call('clone', x) : (result as Handle);
}

export const prod = kernel<{ x: unknown }, Reducing>('Prod', (torch, { x }, attrs) =>
  axisByAxis(torch, x, attrs, (from, axis) => torch.call('prod.dim_int', from, axis, attrs.keepDims ?? false, sumType(x))),
);
export const all = kernel<{ x: unknown }, Reducing>('All', (torch, { x }, attrs) =>
  axisByAxis(torch, x, attrs, (from, axis) => torch.call('all.dim', from, axis, attrs.keepDims ?? false)),
);
export const any = kernel<{ x: unknown }, Reducing>('Any', (torch, { x }, attrs) =>
  axisByAxis(torch, x, attrs, (from, axis) => torch.call('any.dim', from, axis, attrs.keepDims ?? false)),
);

/** Where the largest or smallest is; NaN is neither. */
const place = (kernelName: string, operator: string, worst: number) =>
  kernel<{ x: unknown }, Reducing>(kernelName, (torch, { x }, attrs) => {
    const numbers =
      x.dtype === 'float32'
        ? torch.call('nan_to_num', x, worst, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
        : torch.cast(x, 'int32');
    return torch.call(operator, numbers, axesOf(attrs, x)[0]);
  });

export const argMax = place('ArgMax', 'argmax', Number.NEGATIVE_INFINITY);
export const argMin = place('ArgMin', 'argmin', Number.POSITIVE_INFINITY);
