import type { DataId, KernelBackend, TensorInfo } from '../../tf.js';

/** The part of tfjs-node's native binding that runs TensorFlow's own ops: tensors are numbered handles. */
export interface TensorFlowBinding {
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_Version: string;
  executeOp(name: string, attributes: readonly RawAttribute[], inputs: readonly number[], outputs: number): RawTensor[];
  deleteTensor(id: number): void;
  isUsingGpuDevice(): boolean;
}
export interface RawTensor {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}
export interface RawAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}
/** tfjs-node's backend, as far as kernels of ours use it. */
export interface TensorFlowBackend extends KernelBackend {
  readonly binding: TensorFlowBinding;
  executeMultipleOutputs(name: string, attributes: RawAttribute[], inputs: TensorInfo[], outputs: number): TensorInfo[];
  /** The handles behind tensors, made where the values are still in JavaScript. */
  getInputTensorIds(inputs: readonly TensorInfo[]): number[];
  /** A tensor around a handle, which it owns from then on. */
  createOutputTensor(raw: RawTensor): TensorInfo & { readonly dataId: DataId };
}

/** TensorFlow's `DataType` enum, as far as tfjs-node does not name it. */
export const DT_BFLOAT16 = 14;

/** Attributes of a TensorFlow op, by kind. */
export const attributesOf = (binding: TensorFlowBinding) => ({
  type: (name: string, value: number): RawAttribute => ({ name, type: binding.TF_ATTR_TYPE, value }),
  int: (name: string, value: number | readonly number[]): RawAttribute => ({ name, type: binding.TF_ATTR_INT, value }),
  float: (name: string, value: number): RawAttribute => ({ name, type: binding.TF_ATTR_FLOAT, value }),
  bool: (name: string, value: boolean): RawAttribute => ({ name, type: binding.TF_ATTR_BOOL, value }),
  text: (name: string, value: string): RawAttribute => ({ name, type: binding.TF_ATTR_STRING, value }),
});
