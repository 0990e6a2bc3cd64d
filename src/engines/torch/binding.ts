declare const handle: unique symbol;
/** A tensor of libtorch in this environment's table. */
export type Handle = number & { readonly [handle]: true };

/** What an operator of ATen takes: a tensor by its handle, numbers, lists, `undefined` for None or the default. */
export type Argument = number | boolean | string | null | undefined | readonly (number | boolean | null | undefined)[];

/** A handle or a number per result. */
export type Answer = number | undefined | readonly Answer[];

/** Numbers of `c10::ScalarType`; they are the same in every version of libtorch. */
export const ScalarType = {
  uint8: 0,
  int8: 1,
  int32: 3,
  int64: 4,
  float16: 5,
  float32: 6,
  float64: 7,
  complex64: 9,
  bool: 11,
  bfloat16: 15,
} as const;
export type ScalarType = (typeof ScalarType)[keyof typeof ScalarType];

/** `c10::MemoryFormat`. */
export const MemoryFormat = { contiguous: 0, preserve: 1, channelsLast: 2 } as const;

/** The addon. Every function throws an `Error` with libtorch's message when something is wrong; none ends the process. */
export interface TorchBinding {
  /** [dtype, rank, sides...] of the tensor that `call` or `create` answered last. */
  readonly lastShape: Int32Array;
  /** The number of an operator, such as `aten::add` with overload `Tensor`. */
  operator(name: string, overload?: string): number;
  call(operator: number, ...args: readonly Argument[]): Answer;
  /** Copies the array's bytes. */
  create(values: Float32Array | Int32Array | Uint8Array, shape: readonly number[], dtype: ScalarType): Handle;
  read(tensor: Handle, dtype: ScalarType): ArrayBuffer;
  readLater(tensor: Handle, dtype: ScalarType): Promise<ArrayBuffer>;
  release(tensor: Handle): void;
  describe(tensor: Handle): { readonly dtype: ScalarType; readonly shape: number[]; readonly contiguous: boolean; readonly bytes: number };
  /** How many handles there are, the bytes of the storages behind them, and the most bytes there have been. */
  memory(): { readonly tensors: number; readonly bytes: number; readonly peakBytes: number };
  /** The libtorch that it was built against, and the file of the one that runs. */
  versions(): { readonly built: string; readonly library: string; readonly threads: number; readonly cuda: boolean };
  /** Loads a library that registers more of libtorch's kernels. */
  loadLibrary(path: string): void;
  setThreads(count: number): void;
  /** Where new tensors are made: `cpu`, `cuda:0`. */
  setDevice(device: string): void;
  setDeterministic(deterministic: boolean): void;
  /** Whether a GPU may multiply float32 in TF32. */
  setTf32(allowed: boolean): void;
}
