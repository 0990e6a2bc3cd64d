import * as tf from '../../../tf.js';
import type { BoundAttribute, NodeBackend } from '../binding.js';

/**
 * Convolutions, their gradients and matrix products with bfloat16 inputs, accumulated in float32 inside; tensors stay float32 outside.
 * Where the processor multiplies bfloat16 itself this is about twice as fast (docs/measurements.md), and what its rounding changes is
 * far below the noise of a training step. `GPU_SETUP_PRECISION=float32` turns it off.
 */
type Replaced = 'Conv2D' | 'Conv2DBackpropInput' | 'Conv2DBackpropFilter' | 'BatchMatMul';
type Operand = tf.TensorInfo | { readonly sizes: readonly number[] };

/** TensorFlow's number of bfloat16, which tfjs-node does not know. */
const DT_BFLOAT16 = 14;

/** Runs `op` on operands cast to bfloat16 (sizes stay int32) and casts what comes out back. Needs no tensor but its output. */
function inBfloat16(backend: NodeBackend, op: string, attributes: readonly BoundAttribute[], operands: readonly Operand[]): tf.Tensor {
  const { binding } = backend;
  const temporary: number[] = [];
  const sizes: tf.Tensor[] = [];
  const cast = (handle: number, from: number, to: number) => {
    const [made] = binding.executeOp(
      'Cast',
      [
        { name: 'SrcT', type: binding.TF_ATTR_TYPE, value: from },
        { name: 'DstT', type: binding.TF_ATTR_TYPE, value: to },
        { name: 'Truncate', type: binding.TF_ATTR_BOOL, value: false },
      ],
      [handle],
      1,
    );
    return made!;
  };
  try {
    const handles = operands.map((operand) => {
      if ('sizes' in operand) {
        const shape = tf.tensor1d([...operand.sizes], 'int32');
        sizes.push(shape);
        return backend.getInputTensorIds([shape])[0]!;
      }
      const { id } = cast(backend.getInputTensorIds([operand])[0]!, binding.TF_FLOAT, DT_BFLOAT16);
      temporary.push(id);
      return id;
    });
    const type = { name: 'T', type: binding.TF_ATTR_TYPE, value: DT_BFLOAT16 };
    const [made] = binding.executeOp(op, [type, ...attributes], handles, 1);
    temporary.push(made!.id);
    return backend.createOutputTensor(cast(made!.id, DT_BFLOAT16, binding.TF_FLOAT));
  } finally {
    for (const handle of temporary) binding.deleteTensor(handle);
    for (const shape of sizes) shape.dispose();
  }
}

type Geometry = { readonly strides: [number, number] | number; readonly pad: string; readonly dilations?: [number, number] | number };

function convolutionAttributes({ binding }: NodeBackend, { strides, pad, dilations = 1 }: Geometry): BoundAttribute[] {
  const both = (value: [number, number] | number) => (typeof value === 'number' ? [value, value] : value);
  return [
    { name: 'strides', type: binding.TF_ATTR_INT, value: [1, ...both(strides), 1] },
    { name: 'padding', type: binding.TF_ATTR_STRING, value: pad.toUpperCase() },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
    { name: 'use_cudnn_on_gpu', type: binding.TF_ATTR_BOOL, value: true },
    { name: 'dilations', type: binding.TF_ATTR_INT, value: [1, ...both(dilations), 1] },
  ];
}

/** Explicit paddings and NCHW go to the kernel that was there before; the trainer uses neither. */
const plain = ({ pad, dataFormat }: Record<string, unknown>) =>
  (pad === 'same' || pad === 'valid') && (dataFormat === undefined || dataFormat === 'NHWC');

/** The kernels; `before` answers tfjs-node's own of that name. */
export function bfloat16Kernels(before: (kernelName: Replaced) => tf.KernelFunc): readonly tf.KernelConfig[] {
  const convolution = (
    kernelName: Exclude<Replaced, 'BatchMatMul'>,
    operands: (inputs: Record<string, tf.TensorInfo>, attrs: Record<string, unknown>) => readonly Operand[],
  ): tf.KernelConfig => {
    const float32 = before(kernelName);
    return {
      kernelName,
      backendName: 'tensorflow',
      kernelFunc(call) {
        const attrs = call.attrs as Record<string, unknown>;
        if (!plain(attrs)) return float32(call);
        const backend = call.backend as NodeBackend;
        const attributes = convolutionAttributes(backend, attrs as unknown as Geometry);
        return inBfloat16(backend, kernelName, attributes, operands(call.inputs as Record<string, tf.TensorInfo>, attrs));
      },
    };
  };
  const float32Product = before('BatchMatMul');
  const product: tf.KernelConfig = {
    kernelName: 'BatchMatMul',
    backendName: 'tensorflow',
    kernelFunc(call) {
      const { a, b } = call.inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
      const { transposeA, transposeB } = call.attrs as unknown as { transposeA: boolean; transposeB: boolean };
      if (a.dtype !== 'float32' || b.dtype !== 'float32' || a.shape.length !== 3 || b.shape.length !== 3) return float32Product(call);
      const backend = call.backend as NodeBackend;
      const { TF_ATTR_BOOL } = backend.binding;
      return inBfloat16(
        backend,
        'BatchMatMulV2',
        [
          { name: 'adj_x', type: TF_ATTR_BOOL, value: transposeA },
          { name: 'adj_y', type: TF_ATTR_BOOL, value: transposeB },
        ],
        [a, b],
      );
    },
  };
  return [
    convolution('Conv2D', ({ x, filter }) => [x!, filter!]),
    convolution('Conv2DBackpropInput', ({ dy, filter }, { inputShape }) => [{ sizes: inputShape as number[] }, filter!, dy!]),
    convolution('Conv2DBackpropFilter', ({ x, dy }, { filterShape }) => [x!, { sizes: filterShape as number[] }, dy!]),
    product,
  ];
}
