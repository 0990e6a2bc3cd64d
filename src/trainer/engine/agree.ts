import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../../errors.js';
import type { ResolvedConfig, RunDescription, TrainingConfig } from '../config/schema.js';

/** What a command that resumes a run says of it again; what it leaves out is as the run has it. */
export interface Asked {
  readonly config?: TrainingConfig;
  readonly dataDirectory?: string;
  readonly trainSplit?: string;
  readonly valSplit?: string;
  readonly seed?: number;
  readonly budget?: RunDescription['budget'];
  readonly mode?: Pick<RunDescription, 'precision' | 'threads' | 'deterministic'>;
}

/**
 * The config that a resumed run goes on with. What is asked must be what it was started with, or it would be another run; only the budget may be
 * larger. Throws a UserError that names the flag.
 */
export function agree(config: ResolvedConfig, asked: Asked): ResolvedConfig {
  const { run } = config;
  const { directory, trainSplit, valSplit } = run.data;
  if (asked.dataDirectory !== undefined) same('--data', resolve(directory), resolve(asked.dataDirectory));
  same('--train-split', trainSplit, asked.trainSplit);
  same('--val-split', valSplit, asked.valSplit);
  same('--seed', run.seed, asked.seed);
  same('--precision', run.precision, asked.mode?.precision);
  same('--threads', run.threads, asked.mode?.threads);
  if (asked.mode?.deterministic && !run.deterministic) throw differs('`--deterministic`', 'no such flag');
  if (asked.config) sameConfig(config, asked.config);
  return { ...config, run: { ...run, budget: asked.budget === undefined ? run.budget : longer(run.budget, asked.budget) } };
}

function same(flag: string, had: string | number | undefined, asked: string | number | undefined): void {
  if (asked !== undefined && asked !== had)
    throw differs(`\`${flag} ${asked}\``, had === undefined ? 'no such flag' : `\`${flag} ${had}\``);
}

function sameConfig(config: ResolvedConfig, asked: TrainingConfig): void {
  for (const part of ['model', 'data', 'training', 'evaluation'] as const) {
    const had = config[part];
    let wanted: unknown = asked[part];
    // The run has the anchors and the picture size that were fitted to its data, where the config says only how.
    if (part === 'model' && 'fit' in asked.model.rpn.anchors)
      wanted = { ...asked.model, rpn: { ...asked.model.rpn, anchors: config.model.rpn.anchors } };
    if (part === 'data' && 'smallestObject' in asked.data.size) wanted = { ...asked.data, size: config.data.size };
    if (!isDeepStrictEqual(plain(had), plain(wanted))) throw differs(`a config with another \`${part}\``, 'the one in its `config.yaml`');
  }
}

/** Without keys that are there and say nothing. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** A budget is a total, so a longer one is a run that goes on longer. */
function longer(had: RunDescription['budget'], asked: RunDescription['budget']): RunDescription['budget'] {
  if ('maxMinutes' in asked && 'maxMinutes' in had && asked.maxMinutes >= had.maxMinutes) return asked;
  if ('epochs' in asked && 'epochs' in had && asked.epochs >= had.epochs) return asked;
  throw differs(
    `\`${flagOf(asked)}\``,
    `\`${flagOf(had)}\``,
    'the same kind of budget may be larger; without the flag it goes on with its own',
  );
}

const flagOf = (budget: RunDescription['budget']) =>
  'maxMinutes' in budget ? `--max-minutes ${budget.maxMinutes}` : `--epochs ${budget.epochs}`;

function differs(
  asked: string,
  had: string,
  hint = 'leave it out to go on as the run began; name another `--work-dir`, without `--resume`, for another run',
) {
  return new UserError(`A run is not resumed with ${asked}: it was started with ${had}`, { hint });
}
