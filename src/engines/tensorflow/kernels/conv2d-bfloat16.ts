import * as tf from '../../../tf.js';
import { attributesOf, DT_BFLOAT16, type RawTensor, type TensorFlowBackend } from '../raw-op.js';

/**
 * Convolutions and their gradients with bfloat16 inputs, accumulated in float32 inside; tensors stay float32 outside. On processors
 * with AVX-512 BF16 (or AMX) this is twice as fast as float32, and its rounding is below a training step's noise (docs/measurements.md).
 */
type Geometry = { strides: [number, number] | number; pad: string | number; dilations?: [number, number] | number };

function convolution(
  backend: TensorFlowBackend,
  op: 'Conv2D' | 'Conv2DBackpropInput' | 'Conv2DBackpropFilter',
  { strides, pad, dilations = 1 }: Geometry,
  inputs: readonly (tf.TensorInfo | { readonly shape: readonly number[]; readonly asShape: true })[],
): tf.TensorInfo {
  const { binding } = backend;
  const a = attributesOf(binding);
  const pair = (value: [number, number] | number) => (typeof value === 'number' ? [value, value] : value);
  const cast = (id: number, from: number, to: number): RawTensor =>
    binding.executeOp('Cast', [a.type('SrcT', from), a.type('DstT', to), a.bool('Truncate', false)], [id], 1)[0]!;
  const temporary: number[] = [];
  const shapes: tf.Tensor[] = [];
  const ids = inputs.map((input) => {
    if ('asShape' in input) {
      const shape = tf.tensor1d([...input.shape], 'int32');
      shapes.push(shape);
      return backend.getInputTensorIds([shape])[0]!;
    }
    const { id } = cast(backend.getInputTensorIds([input])[0]!, binding.TF_FLOAT, DT_BFLOAT16);
    temporary.push(id);
    return id;
  });
  const [made] = binding.executeOp(
    op,
    [
      a.type('T', DT_BFLOAT16),
      a.int('strides', [1, ...pair(strides), 1]),
      a.text('padding', String(pad).toUpperCase()),
      a.text('data_format', 'NHWC'),
      a.bool('use_cudnn_on_gpu', true),
      a.int('dilations', [1, ...pair(dilations), 1]),
    ],
    ids,
    1,
  );
  const output = cast(made!.id, DT_BFLOAT16, binding.TF_FLOAT);
  for (const id of [...temporary, made!.id]) binding.deleteTensor(id);
  for (const shape of shapes) shape.dispose();
  return backend.createOutputTensor(output);
}

const asShape = (shape: readonly number[]) => ({ shape, asShape: true }) as const;

/** What these kernels do not cover goes to the float32 kernel that was there before. */
const covers = ({ pad, dataFormat }: { pad?: unknown; dataFormat?: unknown }) =>
  (pad === 'same' || pad === 'valid') && (dataFormat === undefined || dataFormat === 'NHWC');

/** The three kernels; `before` are tfjs-node's own, by kernel name. */
export function bfloat16Convolutions(before: (kernelName: string) => tf.KernelFunc): readonly tf.KernelConfig[] {
  const kernel = (
    kernelName: 'Conv2D' | 'Conv2DBackpropInput' | 'Conv2DBackpropFilter',
    operands: (
      inputs: Record<string, tf.TensorInfo>,
      attrs: Record<string, unknown>,
    ) => readonly (tf.TensorInfo | ReturnType<typeof asShape>)[],
  ): tf.KernelConfig => {
    const float32 = before(kernelName);
    return {
      kernelName,
      backendName: 'tensorflow',
      kernelFunc: (call) => {
        const attrs = call.attrs as Record<string, unknown> & Geometry;
        if (!covers(attrs)) return float32(call);
        return convolution(call.backend as TensorFlowBackend, kernelName, attrs, operands(call.inputs as Record<string, tf.TensorInfo>, attrs));
      },
    };
  };
  return [
    kernel('Conv2D', ({ x, filter }) => [x!, filter!]),
    kernel('Conv2DBackpropInput', ({ dy, filter }, { inputShape }) => [asShape(inputShape as number[]), filter!, dy!]),
    kernel('Conv2DBackpropFilter', ({ x, dy }, { filterShape }) => [x!, asShape(filterShape as number[]), dy!]),
  ];
}
