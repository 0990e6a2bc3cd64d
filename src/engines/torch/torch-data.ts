import type { Handle, TorchBinding } from './binding.js';

/** What stands behind a TensorFlow.js data id, and is that id. Tensors of other shapes may share it (`reshape`). */
export class TorchData {
  refCount = 1;
  /** Strings stay in JavaScript; then there is no handle. */
  strings: Uint8Array[] | undefined;
  #more: Map<string, Handle> | undefined;

  constructor(
    public handle: Handle | undefined,
    /** Of the tensor behind `handle`. */
    public shape: readonly number[],
  ) {}

  /** A tensor kept beside this one for as long as it lives: a view of another shape, or what its gradient will want. */
  beside(key: string): Handle | undefined {
    return this.#more?.get(key);
  }

  keepBeside(key: string, handle: Handle): void {
    this.#more ??= new Map();
    this.#more.set(key, handle);
  }

  release(binding: TorchBinding): void {
    if (this.handle !== undefined) binding.release(this.handle);
    if (this.#more) for (const handle of this.#more.values()) binding.release(handle);
    this.handle = undefined;
    this.strings = undefined;
    this.#more = undefined;
  }
}
