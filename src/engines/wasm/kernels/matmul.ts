import type { _FusedMatMulAttrs, _FusedMatMulInputs, BackendWasm, BatchMatMulAttrs, BatchMatMulInputs, TensorInfo } from '../../../tf.js';
import { callKernel, kernelOf, release, type WasmKernel } from '../memory.js';

/**
 * Matrix products with a transposed factor, which the gradient of every product has. Upstream's fast path takes none of
 * these, and its slow one reaches a tenth of the speed; to transpose first costs far less.
 */
export const batchMatMul: WasmKernel = {
  name: 'BatchMatMul',
  make: (upstream) => {
    if (!upstream) throw new Error('The wasm backend has no kernel `BatchMatMul` to build upon');
    return kernelOf<BatchMatMulInputs, BatchMatMulAttrs>(({ inputs, attrs, backend }) => {
      if (inputs.a.dtype !== 'float32') return inFloats(backend, inputs, attrs);
      const a = attrs.transposeA ? transposed(backend, inputs.a) : inputs.a;
      const b = attrs.transposeB ? transposed(backend, inputs.b) : inputs.b;
      const result = upstream({ inputs: { a, b }, attrs: { transposeA: false, transposeB: false }, backend }) as TensorInfo;
      if (a !== inputs.a) release(backend, a);
      if (b !== inputs.b) release(backend, b);
      return result;
    });
  },
};

/** Of integers: upstream multiplies floats alone, which are exact up to 2^24. */
function inFloats(backend: BackendWasm, { a, b }: { readonly a: TensorInfo; readonly b: TensorInfo }, attrs: BatchMatMulAttrs): TensorInfo {
  const cast = (x: TensorInfo, dtype: TensorInfo['dtype']) => callKernel(backend, 'Cast', { x }, { dtype });
  const [left, right] = [cast(a, 'float32'), cast(b, 'float32')];
  const product = callKernel(backend, 'BatchMatMul', { a: left, b: right }, attrs);
  const result = cast(product, a.dtype);
  release(backend, left, right, product);
  return result;
}

/** A matrix product, a bias and an activation. Upstream's has the same slow path, and adds the bias wrongly to a batch. */
export const fusedMatMul: WasmKernel = {
  name: '_FusedMatMul',
  make: () =>
    kernelOf<_FusedMatMulInputs, _FusedMatMulAttrs>(({ inputs, attrs, backend }) => {
      const { transposeA, transposeB, activation, leakyreluAlpha } = attrs;
      let result = callKernel(backend, 'BatchMatMul', { a: inputs.a, b: inputs.b }, { transposeA, transposeB });
      const then = (name: string, inputsOf: (result: TensorInfo) => Readonly<Record<string, TensorInfo>>, attrs = {}) => {
        const next = callKernel(backend, name, inputsOf(result), attrs);
        release(backend, result);
        result = next;
      };
      // Both are optional, whatever the types say.
      if (inputs.bias) then('Add', (a) => ({ a, b: inputs.bias }));
      if (activation === 'prelu') then('Prelu', (x) => ({ x, alpha: inputs.preluActivationWeights }));
      else if (activation === 'leakyrelu') then('LeakyRelu', (x) => ({ x }), { alpha: leakyreluAlpha });
      else if (activation && activation !== 'linear') then(activations[activation], (x) => ({ x }));
      return result;
    }),
};

const activations = { relu: 'Relu', relu6: 'Relu6', elu: 'Elu', sigmoid: 'Sigmoid' } as const;

/** The last two axes swapped. */
function transposed(backend: BackendWasm, x: TensorInfo): TensorInfo {
  const perm = x.shape.map((_, axis) => axis);
  perm.push(perm.pop()!, perm.pop()!);
  return callKernel(backend, 'Transpose', { x }, { perm });
}
