import { type BackendWasm, getKernel, type KernelFunc, type NamedAttrMap, type TensorInfo } from '../../tf.js';

/**
 * A kernel for the `wasm` backend: `make` gets upstream's function of that name, if there is one, to build upon.
 * A kernel owns what it allocates on the heap: everything but its output is released before it returns.
 */
export interface WasmKernel {
  readonly name: string;
  make(upstream: KernelFunc | undefined): KernelFunc;
}

/** What a kernel function is given, with our own words for it. */
export interface Call<Inputs, Attrs> {
  readonly inputs: { readonly [Name in keyof Inputs]-?: TensorInfo };
  readonly attrs: Attrs;
  readonly backend: BackendWasm;
}

/** Types a kernel function once, where TensorFlow.js has only maps of anything. */
export const kernelOf =
  <Inputs, Attrs>(run: (call: Call<Inputs, Attrs>) => TensorInfo): KernelFunc =>
  (params) =>
    run(params as unknown as Call<Inputs, Attrs>);

/** Runs another kernel of the backend, without the engine's bookkeeping: the result is the caller's to `release`. */
export function callKernel(
  backend: BackendWasm,
  name: string,
  inputs: Readonly<Record<string, TensorInfo>>,
  attrs: object = {},
): TensorInfo {
  const kernel = getKernel(name, 'wasm');
  if (!kernel) throw new Error(`The wasm backend has no kernel \`${name}\``);
  return kernel.kernelFunc({ inputs, attrs: attrs as NamedAttrMap, backend }) as TensorInfo;
}

/**
 * The values of a tensor, in place. An allocation may move the whole heap, so allocate first and look last.
 */
export const floatsOf = (backend: BackendWasm, info: TensorInfo) => backend.typedArrayFromHeap(info) as Float32Array;

export const release = (backend: BackendWasm, ...infos: readonly TensorInfo[]) => {
  for (const info of infos) backend.disposeData(info.dataId);
};

/** The same values under another shape; releasing it leaves `info` alone. */
export const reshaped = (backend: BackendWasm, info: TensorInfo, shape: readonly number[]): TensorInfo =>
  callKernel(backend, 'Reshape', { x: info }, { shape: [...shape] });

/** A float32 tensor that lies inside another one, `offset` values from its start. Ends with `closeWindow`, before its host is released. */
export function openWindow(backend: BackendWasm, host: TensorInfo, offset: number, shape: number[]): TensorInfo {
  return backend.makeOutput(shape, 'float32', backend.getMemoryOffset(host.dataId) + offset * Float32Array.BYTES_PER_ELEMENT);
}

/** Forgets a window; `release` would free memory that is its host's. */
export function closeWindow(backend: BackendWasm, window: TensorInfo): void {
  const { tfjs } = backend.wasm as unknown as { readonly tfjs: { disposeData(id: number): void } };
  tfjs.disposeData(backend.dataIdMap.get(window.dataId).id);
  backend.dataIdMap.delete(window.dataId);
}
