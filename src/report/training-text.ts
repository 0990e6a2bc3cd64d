import type { TrainingEvent } from '../trainer/hooks/run.js';

/** Seconds as a person says them: `48 s`, `3 min 05 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

const percent = (part: number) => `${String(Math.floor(part * 100)).padStart(3)} %`;

/** One line for an event, or nothing where it is not worth one. `shownAgoMs`: since the last line about an iteration. */
export function trainingLine(event: TrainingEvent): string {
  switch (event.kind) {
    case 'iteration': {
      const terms = Object.entries(event.losses).map(([name, value]) => `${name} ${value.toFixed(3)}`);
      const left = event.remainingSeconds === undefined ? '' : `, ${duration(event.remainingSeconds)} left`;
      return [
        `${percent(event.progress)}  iteration ${event.iteration}, epoch ${event.epoch.toFixed(1)}${left}`,
        `loss ${event.loss.toFixed(3)} (${terms.join(', ')})`,
        `${event.imagesPerSecond.toFixed(1)} img/s (data ${event.dataMs.toFixed(0)} ms, compute ${event.computeMs.toFixed(0)} ms)`,
        `lr ${event.learningRate.toExponential(1)}`,
      ].join(' | ');
    }
    case 'evaluation': {
      const { summary, whole, imagesPerSecond } = event.evaluation;
      const sample = whole ? '' : ' (a sample)';
      return `${percent(event.progress)}  mAP50 ${summary.mAP50.toFixed(4)} on ${summary.pictures} pictures${sample}, ${imagesPerSecond.toFixed(1)} img/s`;
    }
    case 'checkpoint':
      return `       saved \`${event.path}\``;
    case 'warning':
      return `warning: ${event.message}`;
  }
}

/** AP per class and the means, in columns. */
export function scoresTable(summary: {
  readonly mAP50: number;
  readonly mAP: number;
  readonly mAP50Eleven: number;
  readonly classes: readonly {
    readonly name: string;
    readonly objects: number;
    readonly AP50: number | undefined;
    readonly recall: number | undefined;
  }[];
}): string {
  const rows = summary.classes.map(({ name, objects, AP50, recall }) => [
    name,
    String(objects),
    AP50 === undefined ? '-' : AP50.toFixed(4),
    recall === undefined ? '-' : recall.toFixed(3),
  ]);
  const table = [['class', 'objects', 'AP50', 'recall'], ...rows, ['mean', '', summary.mAP50.toFixed(4), '']];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, `mAP50 (11-point) ${summary.mAP50Eleven.toFixed(4)}, mAP50:95 ${summary.mAP.toFixed(4)}`].join('\n');
}
