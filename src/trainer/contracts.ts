/** The trainer's nouns. Boxes are x1 y1 x2 y2 in float pixels, 0-based, x2 and y2 exclusive, everywhere but inside `ops/` and `data/`. */
export interface Boxes {
  readonly count: number;
  /** [count, 4] */
  readonly xyxy: Float32Array;
}

/** One labelled object as the annotation has it. */
export interface Truth {
  readonly boxes: Boxes;
  /** [count], index into the dataset's classes (no background entry). */
  readonly labels: Int32Array;
  /** [count], 1 where VOC says `difficult`: neither trained on nor counted. */
  readonly difficult: Uint8Array;
}

/** What a detector found in one picture, best first. */
export interface Detections {
  readonly boxes: Boxes;
  /** [count], index into the detector's classes. */
  readonly labels: Int32Array;
  /** [count], 0 to 1. */
  readonly scores: Float32Array;
}

/** One annotated picture, not yet decoded. */
export interface Record {
  /** As the split file names it. */
  readonly id: string;
  readonly imagePath: string;
  readonly annotationPath: string;
  readonly width: number;
  readonly height: number;
  readonly truth: Truth;
}

/** A split of a data set, read and checked whole before anything starts. */
export interface Dataset {
  readonly name: string;
  readonly directory: string;
  readonly split: string;
  readonly classes: readonly string[];
  readonly records: readonly Record[];
  /** What was wrong and left out, one line each with file and line. */
  readonly complaints: readonly string[];
}

/** Mean of RGB over natural pictures (ImageNet's, as every detector's recipe has it), 0 to 255. */
export const pixelMean = [123.675, 116.28, 103.53] as const;

/**
 * Pictures ready for a detector: RGB, 0 to 255, padded at right and bottom to the batch's largest: bytes with zeros, floats with `pixelMean`, which
 * is zero once it is taken off.
 */
export interface Batch {
  /** [count, height, width, 3] */
  readonly pixels: Uint8Array | Float32Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly samples: readonly BatchSample[];
}

export interface BatchSample {
  readonly record: Record;
  /** Of the picture inside the padded batch. */
  readonly width: number;
  readonly height: number;
  /** Batch pixels per picture pixel; a box of the batch divided by it is a box of the picture. */
  readonly scaleX: number;
  readonly scaleY: number;
  /** In batch pixels, after flips and crops; degenerate leftovers dropped. */
  readonly truth: Truth;
}

export interface Metric {
  /** `mAP50`, `AP50/RBC` */
  readonly name: string;
  readonly value: number;
  readonly better: 'higher' | 'lower';
}
