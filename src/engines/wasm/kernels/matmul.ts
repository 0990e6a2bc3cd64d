import type {
  _FusedMatMulAttrs,
  _FusedMatMulInputs,
  BackendWasm,
  BatchMatMulAttrs,
  BatchMatMulInputs,
  KernelFunc,
  TensorInfo,
} from '../../../tf.js';
import { callKernel, kernelOf, release, type WasmKernel } from '../memory.js';

/**
 * Matrix products with a transposed factor, which the gradient of every product has. Upstream's fast path takes none of
 * these, and its slow one reaches a tenth of the speed; to transpose first costs far less.
 */
export const batchMatMul: WasmKernel = {
  name: 'BatchMatMul',
  make: (upstream) =>
    kernelOf<BatchMatMulInputs, BatchMatMulAttrs>((call) =>
      untransposed(call.backend, call.inputs, call.attrs, needed(upstream, 'BatchMatMul')),
    ),
};

export const fusedMatMul: WasmKernel = {
  name: '_FusedMatMul',
  make: (upstream) =>
    kernelOf<_FusedMatMulInputs, _FusedMatMulAttrs>((call) =>
      untransposed(call.backend, call.inputs, call.attrs, needed(upstream, '_FusedMatMul')),
    ),
};

interface Transposed {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

function untransposed(backend: BackendWasm, inputs: { a: TensorInfo; b: TensorInfo }, attrs: Transposed, upstream: KernelFunc): TensorInfo {
  const a = attrs.transposeA ? transposed(backend, inputs.a) : inputs.a;
  const b = attrs.transposeB ? transposed(backend, inputs.b) : inputs.b;
  const result = upstream({
    inputs: { ...inputs, a, b },
    attrs: { ...attrs, transposeA: false, transposeB: false },
    backend,
  }) as TensorInfo;
  if (a !== inputs.a) release(backend, a);
  if (b !== inputs.b) release(backend, b);
  return result;
}

/** The last two axes swapped. */
function transposed(backend: BackendWasm, x: TensorInfo): TensorInfo {
  const perm = x.shape.map((_, axis) => axis);
  perm.push(perm.pop()!, perm.pop()!);
  return callKernel(backend, 'Transpose', { x }, { perm });
}

function needed(upstream: KernelFunc | undefined, name: string): KernelFunc {
  if (!upstream) throw new Error(`The wasm backend has no kernel \`${name}\` to build upon`);
  return upstream;
}
