import type { Placement } from './placement.js';
import type { Size } from './resize.js';

/** What a worker is asked: draw one picture at its place in a batch. */
export interface PictureJob {
  readonly path: string;
  readonly expected: Size;
  readonly kept: Size;
  /** The decoded picture, where it was kept. */
  readonly pixels?: Uint8Array;
  /** Whether to hand the decoded picture back. */
  readonly keep: boolean;
  readonly placement: Placement;
  /** Shared memory of the whole batch, with what pads pictures before: zeros, or the mean where they are floats. */
  readonly batch: Uint8Array | Float32Array;
  /** Where the picture's first value goes in it, and how far apart its rows are. */
  readonly offset: number;
  readonly stride: number;
}

export interface PictureDone {
  /** [kept.height, kept.width, 3] in shared memory, where it was asked for. */
  readonly pixels?: Uint8Array;
}

/** Messages between the threads, matched by number. */
export interface JobMessage {
  readonly id: number;
  readonly job: PictureJob;
}
export type AnswerMessage =
  | { readonly id: number; readonly done: PictureDone }
  | { readonly id: number; readonly mistake: { readonly message: string; readonly hint?: string } }
  | { readonly id: number; readonly bug: string };
