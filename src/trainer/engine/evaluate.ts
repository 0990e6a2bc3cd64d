import { performance } from 'node:perf_hooks';
import type { Batch, Detections, Record } from '../contracts.js';
import { VocEvaluator, type VocSummary } from '../evaluation/voc-evaluator.js';
import type { Detector } from '../models/detector.js';

export interface Evaluated {
  readonly summary: VocSummary;
  readonly seconds: number;
  /** What was found in each picture, where it was asked to be kept. */
  readonly found: readonly { readonly record: Record; readonly detections: Detections }[];
}

/** Runs the detector over batches and scores what it found against their records' truth. */
export async function evaluate(
  detector: Detector,
  batches: AsyncIterable<Batch>,
  { keep, signal, each }: { readonly keep: boolean; readonly signal?: AbortSignal; each?(done: number): void },
): Promise<Evaluated> {
  const started = performance.now();
  const evaluator = new VocEvaluator(detector.classes);
  const found: { record: Record; detections: Detections }[] = [];
  let done = 0;
  for await (const batch of batches) {
    signal?.throwIfAborted();
    const detected = detector.predict(batch);
    batch.samples.forEach(({ record }, index) => {
      evaluator.add(record.truth, detected[index]!);
      if (keep) found.push({ record, detections: detected[index]! });
    });
    done += batch.count;
    each?.(done);
  }
  return { summary: evaluator.summarize(), seconds: (performance.now() - started) / 1000, found };
}
