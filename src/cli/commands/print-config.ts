import type { CliCommand } from '../command.js';
import { findConfig } from '../find-config.js';
import { type SetFlag, withSetFlag } from '../set-flag.js';
import type { Terminal } from '../terminal.js';

interface PrintConfigFlags extends SetFlag {
  readonly origin?: boolean;
  readonly json?: boolean;
}

/** `gpu-setup print-config CONFIG`: what a config says once everything it builds on is in it. */
export const printConfig: CliCommand = {
  register(program, run) {
    const command = program
      .command('print-config')
      .description('check a config and print it whole, with what it builds on and the defaults')
      .argument('<config>', '`voc`, one that ships (`coco/faster_rcnn_r50_fpn_1x`), or a config file (YAML)');
    withSetFlag(command)
      .option('--origin', 'beside every value, the file and line that says it')
      .option('--json', 'print one JSON document')
      .action(run((terminal, name: string, flags: PrintConfigFlags) => print(terminal, name, flags)));
  },
};

async function print(terminal: Terminal, name: string, { set, origin = false, json }: PrintConfigFlags): Promise<undefined> {
  const [{ readConfig }, { configText, originsOf }] = await Promise.all([
    import('../../trainer/config/schema.js'),
    import('../../trainer/config/annotate.js'),
  ]);
  const { path, shown } = findConfig(name, terminal.cwd);
  const { config, tree } = await readConfig(path, { set, shown });
  if (!json) terminal.out(configText(config, tree, { origins: origin }));
  else terminal.out(JSON.stringify(origin ? { config, origins: originsOf(config, tree) } : { config }, null, 2));
}
