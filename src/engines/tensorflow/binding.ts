import type { KernelBackend, Tensor, TensorInfo } from '../../tf.js';

/** The part of tfjs-node's native binding that we call ourselves. */
export interface Binding {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_INT64: number;
  readonly TF_BOOL: number;
  readonly TF_COMPLEX64: number;
  readonly TF_STRING: number;
  readonly TF_UINT8: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  isUsingGpuDevice(): boolean;
  /** Runs an op on handles. */
  executeOp(name: string, attributes: readonly BoundAttribute[], inputs: readonly number[], outputs: number): RawTensor[];
  deleteTensor(handle: number): void;
}

/** A tensor of TensorFlow by its handle; its type may be one that TensorFlow.js does not know. */
export interface RawTensor {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** An attribute as the binding takes it. */
export interface BoundAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: boolean | number | string | readonly number[];
}

/** The part of tfjs-node's backend that we call ourselves. */
export interface NodeBackend extends KernelBackend {
  readonly binding: Binding;
  executeMultipleOutputs(name: string, attributes: readonly BoundAttribute[], inputs: readonly TensorInfo[], outputs: number): Tensor[];
  /** The handles of tensors, made where the values still lie in JavaScript. */
  getInputTensorIds(inputs: readonly TensorInfo[]): number[];
  /** A tensor around a handle, which it owns from then on. */
  createOutputTensor(raw: RawTensor): Tensor;
}
