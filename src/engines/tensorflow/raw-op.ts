import { type DataType, findBackend, type Tensor, type TensorInfo } from '../../tf.js';
import type { Binding, BoundAttribute, NodeBackend } from './binding.js';

/** An attribute of a TensorFlow op, not yet in the numbers of a binding. */
export type Attribute = (binding: Binding) => BoundAttribute;

/** The kinds of attributes that the binding passes on; a list of types or strings it cannot. */
export const attribute = {
  type:
    (name: string, dtype: DataType): Attribute =>
    (binding) => ({ name, type: binding.TF_ATTR_TYPE, value: typeNumber(binding, dtype) }),
  bool:
    (name: string, value: boolean): Attribute =>
    (binding) => ({ name, type: binding.TF_ATTR_BOOL, value }),
  int:
    (name: string, value: number): Attribute =>
    (binding) => ({ name, type: binding.TF_ATTR_INT, value }),
  ints:
    (name: string, value: readonly number[]): Attribute =>
    (binding) => ({ name, type: binding.TF_ATTR_INT, value }),
  float:
    (name: string, value: number): Attribute =>
    (binding) => ({ name, type: binding.TF_ATTR_FLOAT, value }),
  string:
    (name: string, value: string): Attribute =>
    (binding) => ({ name, type: binding.TF_ATTR_STRING, value }),
  shape:
    (name: string, value: readonly number[]): Attribute =>
    (binding) => ({ name, type: binding.TF_ATTR_SHAPE, value }),
};

/**
 * Runs the TensorFlow op `name` (`FusedBatchNormV3`, ...) eagerly on the `tensorflow` backend.
 * `outputs` is how many it has; the tensors are the caller's to dispose (a `tidy` around does it).
 * Throws TensorFlow's own message when an attribute, type or shape is wrong, and when the engine is not active.
 */
export function runRaw(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[], outputs: number): Tensor[] {
  const backend = findBackend('tensorflow') as NodeBackend | null;
  if (!backend) throw new Error(`The op \`${name}\` needs the \`tensorflow\` engine, which is not active`);
  return backend.executeMultipleOutputs(
    name,
    attributes.map((bind) => bind(backend.binding)),
    inputs,
    outputs,
  );
}

function typeNumber(binding: Binding, dtype: DataType): number {
  switch (dtype) {
    case 'float32':
      return binding.TF_FLOAT;
    case 'int32':
      return binding.TF_INT32;
    case 'bool':
      return binding.TF_BOOL;
    case 'complex64':
      return binding.TF_COMPLEX64;
    case 'string':
      return binding.TF_STRING;
  }
}
