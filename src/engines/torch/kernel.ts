import type { DataType, NamedAttrMap, TensorInfo } from '../../tf.js';
import type { TorchBackend } from './backend.js';
import type { Handle } from './binding.js';
import type { TorchData } from './torch-data.js';

/** An input of a kernel. `handle` leads to a tensor of this very shape; it may be strided, and a float32 one may be bfloat16. */
export interface Operand extends TensorInfo {
  readonly dataId: TorchData;
  readonly handle: Handle;
  shape: number[];
  dtype: DataType;
}

/** A new tensor by its handle, or what the backend has made of one (`torch.share(x)`). */
export type Result = Handle | TensorInfo;

export interface TorchKernel {
  readonly kernelName: string;
  /** Inputs may hold strings; else the plain kernel of TensorFlow.js computes with those. */
  readonly takesStrings?: boolean;
  /** What it throws are the words of TensorFlow.js, which stay as they are. */
  readonly saysItself?: boolean;
  run(torch: TorchBackend, inputs: never, attrs: never): Result | Result[];
}

/** The inputs that TensorFlow.js names for a kernel, as operands. */
export type Operands<Inputs> = { readonly [Name in keyof Inputs]: Operand };

/**
 * A kernel of TensorFlow.js in terms of ATen's operators. Handles that `run` makes and does not answer with are released behind it.
 * What it throws becomes an error that names the kernel.
 */
export function kernel<Inputs, Attrs = NamedAttrMap>(
  kernelName: string,
  run: (torch: TorchBackend, inputs: Operands<Inputs>, attrs: Attrs) => Result | Result[],
  options: Pick<TorchKernel, 'takesStrings' | 'saysItself'> = {},
): TorchKernel {
  return { kernelName, run, ...options };
}
