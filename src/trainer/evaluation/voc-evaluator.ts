import type { Detections, Metric, Truth } from '../contracts.js';
import type { PrecisionRecall } from './average-precision.js';
import type { Judged } from './match-detections.js';
import { type VocScoring, vocAveragePrecision } from './voc-average-precision.js';

/** One class's numbers; the average precisions and recall are undefined where the split has no object of it that counts. */
export interface ClassResult {
  readonly name: string;
  /** Objects that count, difficult ones left out. */
  readonly objects: number;
  readonly detections: number;
  /** All-point average precision at IoU 0.5. */
  readonly AP50: number | undefined;
  /** Share of the objects found at IoU 0.5 at all, whatever the score. */
  readonly recall: number | undefined;
  /** At IoU 0.5, for drawing: at most 200 points. */
  readonly curve: readonly CurvePoint[];
}
export interface CurvePoint {
  readonly recall: number;
  readonly precision: number;
  readonly score: number;
}

/** What an evaluation found. Means run over the classes with objects in the split. */
export interface VocSummary {
  readonly pictures: number;
  /** All-point, IoU 0.5. */
  readonly mAP50: number;
  /** 11-point, IoU 0.5: the number of VOC 2007. */
  readonly mAP50Eleven: number;
  /** All-point, mean over IoU 0.50, 0.55 ... 0.95. Not COCO's, which takes 101 points and its own matching. */
  readonly mAP: number;
  /** Mean recall at IoU 0.5. */
  readonly recall: number;
  readonly classes: readonly ClassResult[];
  /** Classes without an object that counts in this split, left out of every mean. */
  readonly absent: readonly string[];
  readonly metrics: readonly Metric[];
}

/** Gathers pictures one by one, then scores them as Pascal VOC does. */
export class VocEvaluator {
  readonly #classes: readonly string[];
  readonly #scoring: Omit<VocScoring, 'iou'>;
  readonly #pictures: Judged[] = [];

  constructor(classes: readonly string[], scoring: Omit<VocScoring, 'iou'> = {}) {
    this.#classes = classes;
    this.#scoring = scoring;
  }

  /** Boxes of both in the same pixels. */
  add(truth: Truth, detections: Detections): void {
    this.#pictures.push({ truth, detections });
  }

  summarize(): VocSummary {
    const { classes, absent } = this.#perClass();
    const present = classes.filter(({ objects }) => objects > 0);
    const scores = present.map(({ result, elevenPoint, mean }) => ({ AP50: result.AP50!, elevenPoint, mean, recall: result.recall! }));
    const mAP50 = meanOf(scores.map(({ AP50 }) => AP50));
    const mAP50Eleven = meanOf(scores.map(({ elevenPoint }) => elevenPoint));
    const mAP = meanOf(scores.map(({ mean }) => mean));
    const recall = meanOf(scores.map((score) => score.recall));
    const metric = (name: string, value: number): Metric => ({ name, value, better: 'higher' });
    return {
      pictures: this.#pictures.length,
      mAP50,
      mAP50Eleven,
      mAP,
      recall,
      classes: classes.map(({ result }) => result),
      absent,
      metrics: [
        metric('mAP50', mAP50),
        metric('mAP50/11-point', mAP50Eleven),
        metric('mAP', mAP),
        metric('recall50', recall),
        ...present.map(({ result }) => metric(`AP50/${result.name}`, result.AP50!)),
      ],
    };
  }

  #perClass() {
    const classes = this.#classes.map((name, label) => {
      const at50 = vocAveragePrecision(this.#pictures, label, { ...this.#scoring, iou: 0.5 });
      const { objects, recall, scores } = at50.matches;
      // The devkit and COCO count in steps of 0.05; i / 20 is the double nearest to each of them.
      const atEach = Array.from({ length: 10 }, (_, i) =>
        i === 0 || objects === 0 ? at50 : vocAveragePrecision(this.#pictures, label, { ...this.#scoring, iou: (10 + i) / 20 }),
      );
      const result: ClassResult = {
        name,
        objects,
        detections: scores.length,
        AP50: at50.allPoint,
        recall: objects > 0 ? (recall.at(-1) ?? 0) : undefined,
        curve: objects > 0 ? curveOf(at50.matches, scores) : [],
      };
      return { objects, result, elevenPoint: at50.elevenPoint ?? 0, mean: meanOf(atEach.map(({ allPoint }) => allPoint ?? 0)) };
    });
    return { classes, absent: classes.filter(({ objects }) => objects === 0).map(({ result }) => result.name) };
  }
}

const mostPoints = 200;

/** The curve thinned to what a picture can show; its first and last points stay. */
function curveOf({ recall, precision }: PrecisionRecall, scores: Float64Array): readonly CurvePoint[] {
  const count = Math.min(recall.length, mostPoints);
  return Array.from({ length: count }, (_, k) => {
    const i = count === 1 ? 0 : Math.round((k * (recall.length - 1)) / (count - 1));
    return { recall: recall[i]!, precision: precision[i]!, score: scores[i]! };
  });
}

function meanOf(values: readonly number[]): number {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
}
