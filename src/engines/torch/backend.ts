import * as tf from '../../tf.js';
import { type Answer, type Argument, type Handle, ScalarType, type TorchBinding } from './binding.js';
import type { Operand, Result, TorchKernel } from './kernel.js';
import { onCpu } from './on-cpu.js';
import { TorchData } from './torch-data.js';

export type TorchPrecision = 'fp32' | 'tf32' | 'bf16';

/** What a kernel passes to an operator: anything that the addon takes, and operands for their handles. */
export type Given = Argument | Operand | readonly Operand[];

/** Types of tensors that libtorch holds; strings stay in JavaScript. */
type Numeric = Exclude<tf.DataType, 'string'>;

const scalarTypes: Readonly<Record<Numeric, ScalarType>> = {
  float32: ScalarType.float32,
  int32: ScalarType.int32,
  bool: ScalarType.bool,
  complex64: ScalarType.complex64,
};

/** A TensorFlow.js backend whose tensors are those of libtorch. Data ids are `TorchData`. */
export class TorchBackend extends tf.KernelBackend {
  readonly #operators = new Map<string, number>();
  /** Data that another backend made an id for. */
  readonly #moved = new WeakMap<object, TorchData>();
  #dataIds = 0;
  /** Handles of the kernel that is running, to be released when it ends. */
  #temporary: Handle[] = [];
  /** Whether an input of the kernel that is running holds strings. */
  #stringsGiven = false;
  /** What `binding.lastShape` speaks of. */
  #last: Answer;

  constructor(
    readonly binding: TorchBinding,
    readonly precision: TorchPrecision = 'fp32',
  ) {
    super();
  }

  // What kernels call.

  /**
   * Calls an operator of ATen (`relu`, `add.Tensor`), or one of ours (`gpu_setup::roi_align`), that answers with one tensor. Arguments left
   * out at the end have their defaults.
   */
  call(operator: string, ...given: readonly Given[]): Handle {
    const answer = this.#invoke(operator, given);
    this.#last = answer;
    this.#temporary.push(answer as Handle);
    return answer as Handle;
  }

  /** The same for an operator with several results, or a list of tensors. A tensor that was not asked for is `undefined`. */
  callForMany(operator: string, ...given: readonly Given[]): Handle[] {
    const answers = this.#invoke(operator, given) as Handle[];
    this.#last = undefined;
    for (const answer of answers) if (answer !== undefined) this.#temporary.push(answer);
    return answers;
  }

  /** `handle` in the type of a TensorFlow.js tensor; the same tensor where it has it already. */
  cast(handle: Operand | Handle, dtype: Numeric): Handle {
    // libtorch would only warn, on stderr.
    if (typeof handle !== 'number' && handle.dtype === 'complex64' && dtype !== 'complex64')
      throw new Error(`complex64 [${handle.shape}] is not computed with as ${dtype}`);
    return this.call('to.dtype', handle, scalarTypes[dtype]);
  }

  /** An operand in the type that TensorFlow.js has for it: float32 also where it is stored as bfloat16. */
  plain(x: Operand): Handle {
    return this.cast(x, x.dtype as Numeric);
  }

  /** One number, or one per element of a list, as a tensor. */
  constant(values: number | ArrayLike<number>, dtype: 'float32' | 'int32' | 'int64' | 'bool' = 'float32'): Handle {
    if (typeof values === 'number') return this.call('full', [], values, ScalarType[dtype], undefined, this.device);
    const handle =
      dtype === 'float32'
        ? this.binding.create(Float32Array.from(values), [values.length], ScalarType.float32)
        : this.binding.create(Int32Array.from(values), [values.length], ScalarType.int32);
    this.#temporary.push(handle);
    this.#last = handle;
    return dtype === 'float32' || dtype === 'int32' ? handle : this.call('to.dtype', handle, ScalarType[dtype]);
  }

  /** `values` everywhere in a new tensor. */
  full(shape: readonly number[], value: number, dtype: Numeric): Handle {
    try {
      return this.call('full', shape, value, scalarTypes[dtype], undefined, this.device);
    } catch (error) {
      // The addon names operands, and there is none.
      if (error instanceof Error) error.message = `${dtype} [${shape}]: ${error.message}`;
      throw error;
    }
  }

  /** Zeros or ones in the shape, layout and TensorFlow.js type of `x`. */
  like(operator: 'zeros_like' | 'ones_like', x: Operand): Handle {
    return this.call(operator, x, scalarTypes[x.dtype as Numeric]);
  }

  /** The same string everywhere in a new tensor, which stays in JavaScript. */
  strings(shape: readonly number[], value: string): tf.TensorInfo {
    const data = new TorchData(undefined, [...shape]);
    data.strings = new Array<Uint8Array>(tf.util.sizeFromShape([...shape])).fill(tf.util.encodeString(value));
    this.#dataIds += 1;
    return { dataId: data, shape: [...shape], dtype: 'string' };
  }

  /** An operand in the precision that is multiplied in: with bf16, a float32 tensor is rounded once and kept beside itself. */
  reduced(x: Operand): Handle {
    return this.reducedBeside(x, `reduced ${x.shape.join()}`, x.handle);
  }

  /** The same for `handle`, another form of `x`, kept under `key`. */
  reducedBeside(x: Operand, key: string, handle: Handle): Handle {
    if (this.precision !== 'bf16' || x.dtype !== 'float32') return handle;
    const known = x.dataId.beside(key);
    if (known !== undefined) return known;
    if (this.binding.describe(handle).dtype === ScalarType.bfloat16) return handle;
    const rounded = this.call('to.dtype', handle, ScalarType.bfloat16);
    this.keepBeside(x.dataId, key, rounded);
    return rounded;
  }

  /** Where tensors are made. */
  device = 'cpu';

  shapeOf(handle: Handle): number[] {
    return this.#described(handle).shape;
  }

  /** The values of an int32 tensor; waits for the device. */
  numbersOf(handle: Operand | Handle): Int32Array {
    return new Int32Array(this.binding.read(typeof handle === 'number' ? handle : handle.handle, ScalarType.int32));
  }

  /** The very tensor `x`, perhaps in another shape of as many elements: no new data. */
  share(x: Operand, shape: readonly number[] = x.shape): tf.TensorInfo {
    x.dataId.refCount += 1;
    return { dataId: x.dataId, shape: [...shape], dtype: x.dtype };
  }

  /** Takes a handle over as a tensor of TensorFlow.js; what it has no type for is converted. */
  adopt(handle: Handle): tf.TensorInfo & { readonly dataId: TorchData } {
    const { dtype, shape } = this.#described(handle);
    switch (dtype) {
      case ScalarType.float32:
      case ScalarType.bfloat16:
        return this.#own(handle, shape, 'float32');
      case ScalarType.int32:
        return this.#own(handle, shape, 'int32');
      case ScalarType.bool:
        return this.#own(handle, shape, 'bool');
      case ScalarType.complex64:
        return this.#own(handle, shape, 'complex64');
      case ScalarType.float64:
      case ScalarType.float16:
        return this.adopt(this.cast(handle, 'float32'));
      default:
        return this.adopt(this.cast(handle, 'int32'));
    }
  }

  /** Keeps a tensor that this kernel made beside another one, for that one's gradient. */
  keepBeside(data: TorchData, key: string, handle: Handle): void {
    this.#keep(handle);
    data.keepBeside(key, handle);
  }

  /** Lays the values of `x` out in memory like `handle`, which holds the same values, so that later kernels need not. */
  relayout(x: Operand, handle: Handle): void {
    if (x.dataId.handle !== x.handle || handle === x.handle) return;
    this.#keep(handle);
    this.binding.release(x.handle);
    x.dataId.handle = handle;
  }

  /** Runs a kernel: TensorFlow.js' tensors in and out. */
  run(kernel: TorchKernel, inputs: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap | undefined): tf.TensorInfo | tf.TensorInfo[] {
    const outer = this.#temporary;
    this.#temporary = [];
    try {
      this.#stringsGiven = false;
      const operands = this.#operandsOf(inputs);
      const result =
        this.#stringsGiven && !kernel.takesStrings
          ? onCpu(this, kernel.kernelName, operands as never, attrs ?? {})
          : kernel.run(this, operands as never, (attrs ?? {}) as never);
      return Array.isArray(result) ? result.map((one) => this.#infoOf(one)) : this.#infoOf(result);
    } catch (error) {
      if (error instanceof Error && !kernel.saysItself && !error.message.startsWith(`${kernel.kernelName}: `))
        error.message = `${kernel.kernelName}: ${error.message}`;
      throw error;
    } finally {
      const left = this.#temporary;
      for (let i = 0; i < left.length; i++) this.binding.release(left[i]!);
      this.#temporary = outer;
    }
  }

  // What TensorFlow.js calls.

  override write(values: tf.BackendValues | null, shape: number[], dtype: tf.DataType): object {
    const data = this.#dataOf(values, shape, dtype);
    this.#dataIds += 1;
    return data;
  }

  override move(dataId: object, values: tf.BackendValues, shape: number[], dtype: tf.DataType, refCount: number): void {
    const data = this.#dataOf(values, shape, dtype);
    data.refCount = refCount;
    this.#dataIds += 1;
    if (!(dataId instanceof TorchData)) {
      this.#moved.set(dataId, data);
      return;
    }
    dataId.handle = data.handle;
    dataId.strings = data.strings;
    dataId.shape = data.shape;
    dataId.refCount = refCount;
  }

  override readSync(dataId: object): tf.BackendValues {
    const { data, dtype } = this.#typed(dataId);
    if (data.strings) return data.strings;
    return viewOf(this.binding.read(data.handle!, scalarTypes[dtype]), dtype);
  }

  override async read(dataId: object): Promise<tf.BackendValues> {
    // On the processor the values are there when a kernel returns: another thread would only cost time.
    if (this.device === 'cpu') return this.readSync(dataId);
    const { data, dtype } = this.#typed(dataId);
    if (data.strings) return data.strings;
    return viewOf(await this.binding.readLater(data.handle!, scalarTypes[dtype]), dtype);
  }

  override disposeData(dataId: object, force = false): boolean {
    const data = this.#find(dataId);
    if (!data || (data.handle === undefined && data.strings === undefined)) return true;
    data.refCount -= 1;
    if (!force && data.refCount > 0) return false;
    data.release(this.binding);
    this.#dataIds -= 1;
    this.#moved.delete(dataId);
    return true;
  }

  override incRef(dataId: object): void {
    const data = this.#find(dataId);
    if (data) data.refCount += 1;
  }

  override refCount(dataId: object): number {
    return this.#find(dataId)?.refCount ?? 0;
  }

  override numDataIds(): number {
    return this.#dataIds;
  }

  override memory(): { unreliable: boolean; torchBytes: number; torchPeakBytes: number } {
    const { bytes, peakBytes } = this.binding.memory();
    return { unreliable: false, torchBytes: bytes, torchPeakBytes: peakBytes };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override timerAvailable(): boolean {
    return true;
  }

  override async time(run: () => void): Promise<{ kernelMs: number }> {
    const started = performance.now();
    run();
    return { kernelMs: performance.now() - started };
  }

  override dispose(): void {
    this.#operators.clear();
  }

  #invoke(operator: string, given: readonly Given[]): Answer {
    let number = this.#operators.get(operator);
    if (number === undefined) {
      const [name, overload] = (operator.includes('::') ? operator : `aten::${operator}`).split('.') as [string, string?];
      number = this.binding.operator(name, overload);
      this.#operators.set(operator, number);
    }
    const args = new Array<Argument>(given.length);
    for (let i = 0; i < given.length; i++) args[i] = argumentOf(given[i]);
    return this.binding.call(number, ...args);
  }

  #described(handle: Handle): { dtype: number; shape: number[] } {
    if (handle !== this.#last) return this.binding.describe(handle);
    const { lastShape } = this.binding;
    const rank = lastShape[1]!;
    if (rank > lastShape.length - 2) return this.binding.describe(handle);
    const shape = new Array<number>(rank);
    for (let i = 0; i < rank; i++) shape[i] = lastShape[i + 2]!;
    return { dtype: lastShape[0]!, shape };
  }

  #own(handle: Handle, shape: number[], dtype: tf.DataType): tf.TensorInfo & { readonly dataId: TorchData } {
    this.#keep(handle);
    this.#dataIds += 1;
    return { dataId: new TorchData(handle, shape), shape, dtype };
  }

  /** Takes a handle from those that are released when the kernel ends. */
  #keep(handle: Handle): void {
    const at = this.#temporary.lastIndexOf(handle);
    if (at < 0) throw new Error('A kernel may keep only what it made, and once');
    if (at === this.#temporary.length - 1) this.#temporary.pop();
    else this.#temporary.splice(at, 1);
  }

  #infoOf(result: Result): tf.TensorInfo {
    return typeof result === 'number' ? this.adopt(result) : result;
  }

  #operandsOf(inputs: tf.NamedTensorInfoMap): Record<string, Operand | Operand[]> | Operand[] {
    if (Array.isArray(inputs)) return (inputs as tf.TensorInfo[]).map((input) => this.#operandOf(input));
    const operands: Record<string, Operand | Operand[]> = {};
    for (const name in inputs) {
      const input = inputs[name] as tf.TensorInfo | tf.TensorInfo[] | undefined;
      if (input) operands[name] = Array.isArray(input) ? input.map((one) => this.#operandOf(one)) : this.#operandOf(input);
    }
    return operands;
  }

  #operandOf({ dataId, shape, dtype }: tf.TensorInfo): Operand {
    const data = this.#find(dataId) ?? this.#fetch(dataId);
    if (data.handle === undefined) {
      if (!data.strings) throw new Error('an input is disposed');
      this.#stringsGiven = true;
      return { dataId: data, handle: -1 as Handle, shape, dtype };
    }
    return { dataId: data, handle: sameShape(shape, data.shape) ? data.handle : this.#reshaped(data, shape), shape, dtype };
  }

  #reshaped(data: TorchData, shape: readonly number[]): Handle {
    const key = shape.join();
    const known = data.beside(key);
    if (known !== undefined) return known;
    const made = this.#invoke('reshape', [data.handle, shape]) as Handle;
    data.keepBeside(key, made);
    return made;
  }

  #dataOf(values: tf.BackendValues | null, shape: readonly number[], dtype: tf.DataType): TorchData {
    if (dtype === 'string') {
      const data = new TorchData(undefined, [...shape]);
      data.strings = values as Uint8Array[];
      return data;
    }
    const size = tf.util.sizeFromShape([...shape]) * (dtype === 'complex64' ? 2 : 1);
    return new TorchData(this.binding.create(arrayOf(values, size, dtype), shape, scalarTypes[dtype]), [...shape]);
  }

  #find(dataId: object): TorchData | undefined {
    return dataId instanceof TorchData ? dataId : this.#moved.get(dataId);
  }

  /** The data of a tensor that lives on another backend: TensorFlow.js moves it here. */
  #fetch(dataId: object): TorchData {
    tf.engine().moveData(this, dataId);
    const data = this.#find(dataId);
    if (!data) throw new Error('an input belongs to no backend');
    return data;
  }

  #typed(dataId: object): { data: TorchData; dtype: Numeric } {
    const data = this.#find(dataId);
    if (!data || (data.handle === undefined && data.strings === undefined)) throw new Error('The tensor is disposed');
    if (data.handle === undefined) return { data, dtype: 'float32' };
    switch (this.binding.describe(data.handle).dtype) {
      case ScalarType.int32:
        return { data, dtype: 'int32' };
      case ScalarType.bool:
        return { data, dtype: 'bool' };
      case ScalarType.complex64:
        return { data, dtype: 'complex64' };
      default:
        return { data, dtype: 'float32' };
    }
  }
}

function argumentOf(given: Given): Argument {
  if (typeof given !== 'object' || given === null) return given;
  if ('handle' in given) return given.handle;
  const first = (given as readonly unknown[])[0];
  return typeof first === 'object' && first !== null ? (given as readonly Operand[]).map(({ handle }) => handle) : (given as Argument);
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function viewOf(buffer: ArrayBuffer, dtype: Numeric): tf.BackendValues {
  if (dtype === 'int32') return new Int32Array(buffer);
  return dtype === 'bool' ? new Uint8Array(buffer) : new Float32Array(buffer);
}

/** Values in the array type of `dtype`; TensorFlow.js passes plain arrays and other types at times. */
function arrayOf(values: tf.BackendValues | null, size: number, dtype: Numeric): Float32Array | Int32Array | Uint8Array {
  const Kind = dtype === 'int32' ? Int32Array : dtype === 'bool' ? Uint8Array : Float32Array;
  if (values === null) return new Kind(size);
  return values instanceof Kind ? values : Kind.from(values as unknown as ArrayLike<number>);
}

/** Registers the backend `torch` and its kernels with TensorFlow.js. */
export function registerTorchBackend(
  binding: TorchBinding,
  kernels: readonly TorchKernel[],
  { precision = 'fp32', device = 'cpu' }: { readonly precision?: TorchPrecision; readonly device?: string } = {},
): TorchBackend {
  const backend = new TorchBackend(binding, precision);
  backend.device = device;
  tf.registerBackend('torch', () => backend);
  for (const kernel of kernels)
    tf.registerKernel({
      kernelName: kernel.kernelName,
      backendName: 'torch',
      kernelFunc: ({ inputs, attrs }) => backend.run(kernel, inputs, attrs),
    });
  return backend;
}
