import { ExitCode, UserError } from '../../errors.js';
import type { Hook } from './run.js';

/** Ends a run whose loss is not a number any more: going on would only spoil the checkpoints. A few in a row are forgiven. */
export function stopOnNonFinite(patience = 5): Hook {
  let bad = 0;
  return {
    name: 'stop-on-nonfinite',
    afterIteration(run, { loss, gradientNorm, losses, iteration }) {
      if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) {
        bad = 0;
        return;
      }
      bad++;
      const terms = Object.entries(losses).filter(([, value]) => !Number.isFinite(value));
      const which = terms.length > 0 ? terms.map(([name]) => `\`${name}\``).join(', ') : 'the gradient';
      run.emit({ kind: 'warning', message: `iteration ${iteration}: ${which} is not finite; the batch is left out` });
      if (bad >= patience) {
        throw new UserError(`Training diverged: ${which} was not finite ${patience} times in a row`, {
          hint: 'lower `training.schedule.peak`, and look at the data; the last checkpoint is from before',
          exitCode: ExitCode.failed,
        });
      }
    },
    state: () => [bad],
    restore: ([before = 0]) => {
      bad = before;
    },
  };
}
