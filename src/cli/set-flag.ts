import type { Command } from 'commander';

/** What a command that takes a config also takes. */
export interface SetFlag {
  readonly set: readonly string[];
}

/** Adds `--set KEY=VALUE`, which may be given again. */
export function withSetFlag(command: Command): Command {
  return command.option(
    '--set <key=value>',
    'change a value of the config: `training.batch=4`, `model.backbone={type: resnet, depth: 18}`; again for more',
    (value: string, before: readonly string[]) => [...before, value],
    [] as readonly string[],
  );
}
