import type { StoredTensor } from './stored-tensor.js';

export const formatWords = {
  'pytorch-zip': 'PyTorch checkpoint (zip, 1.6 and later)',
  'pytorch-legacy': 'PyTorch checkpoint (before 1.6)',
  pickle: 'pickle of arrays',
  safetensors: 'safetensors',
} as const;

export type WeightsFormat = keyof typeof formatWords;

/** A file of weights, open: names, kinds and shapes are known, numbers are read when they are asked for. */
export interface WeightsFile {
  readonly path: string;
  readonly format: WeightsFormat;
  /** Of the file. */
  readonly size: number;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Short facts that the file tells of itself: `epoch`, `mmdet_version`, where in it the tensors are. */
  readonly about: Readonly<Record<string, string>>;
  /** Names of the classes, where the file has them. */
  readonly classes: readonly string[] | undefined;
  /** The training config as text, where the file has it. */
  readonly config: string | undefined;
  close(): void;
}
