import { type DtypeName, dtypes } from '../dtypes.js';
import { Known } from '../pickle/values.js';
import type { Strided } from '../strided.js';

/** Numbers of a tensor, or of several that see the same. */
export class Storage extends Known {
  readonly type = 'torch.storage';
  /** What its bytes are called in the file. */
  readonly key: string;
  /** Undefined where it is only bytes, and each tensor says what they are. */
  readonly dtype: DtypeName | undefined;
  readonly bytes: number;
  /** A part of another storage begins there. */
  readonly start: number;

  constructor(key: string, dtype: DtypeName | undefined, bytes: number, start = 0) {
    super();
    this.key = key;
    this.dtype = dtype;
    this.bytes = bytes;
    this.start = start;
  }

  /** What a length is counted in. */
  get elementBytes(): number {
    return this.dtype === undefined ? 1 : dtypes[this.dtype].bytes;
  }
}

export class Tensor extends Known {
  readonly type = 'torch.Tensor';
  readonly storage: Storage;
  readonly view: Strided;

  constructor(storage: Storage, view: Strided) {
    super();
    this.storage = storage;
    this.view = view;
  }
}

/** `torch.float32` and the like, as a value. */
export class TorchDtype extends Known {
  readonly type = 'torch.dtype';
  readonly dtype: DtypeName;

  constructor(dtype: DtypeName) {
    super();
    this.dtype = dtype;
  }
}
