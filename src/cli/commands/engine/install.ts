import type { Command } from 'commander';
import type { Report } from '../../../engines/install/stage.js';
import { engineSettings } from '../../../engines/settings.js';
import { ExitCode, UserError } from '../../../errors.js';
import type { Run } from '../../command.js';
import type { Terminal } from '../../terminal.js';

interface InstallFlags {
  readonly python?: string;
  readonly libtorch?: string;
  readonly yes?: boolean;
}

export function registerInstall(engine: Command, run: Run): void {
  engine
    .command('install')
    .description('install an engine: finds or fetches its library and builds the binding against it; safe to repeat')
    .argument('<name>', '`torch` or `tensorflow`')
    .option('--python <path>', 'the interpreter whose library is used (default: the first one found that has it, else one of our own)')
    .option('--libtorch <dir>', 'for `torch`: an unpacked LibTorch archive, or a prefix with its headers and libraries')
    .option('--yes', 'fetch what is missing without asking')
    .action(
      run(async (terminal, name: string, flags: InstallFlags) => {
        const installing = installation(terminal, name, flags);
        const ready = await installing.catch((error: unknown) => {
          if (!terminal.signal.aborted) throw error;
          throw new UserError('Interrupted; the same command goes on where this one stopped', { exitCode: ExitCode.interrupted });
        });
        terminal.out(`The engine \`${name}\` is ready: ${ready}`);
        return undefined;
      }),
    );
}

/** Installs the engine of that name; answers what it runs on. */
async function installation(terminal: Terminal, name: string, { python, libtorch, yes }: InstallFlags): Promise<string> {
  const options = {
    settings: engineSettings(terminal.env),
    signal: terminal.signal,
    ...(python === undefined ? {} : { python }),
    report: reportTo(terminal),
    confirm: async (question: string) => yes === true || terminal.confirm(question, '--yes'),
  };
  switch (name) {
    case 'torch': {
      const { installTorch } = await import('../../../engines/torch/install/install.js');
      const { torchVersion } = await installTorch({ ...options, ...(libtorch === undefined ? {} : { libtorch }) });
      return `libtorch ${torchVersion}`;
    }
    case 'tensorflow': {
      if (libtorch !== undefined) throw new UserError('`--libtorch` is for the engine `torch`');
      const { installTensorflow } = await import('../../../engines/tensorflow/install/install.js');
      const { tensorflow } = await installTensorflow(options);
      return `TensorFlow ${tensorflow.version}`;
    }
    case 'wasm':
      throw new UserError('The engine `wasm` ships with gpu-setup and needs no installation');
    default:
      throw new UserError(`There is no engine \`${name}\` to install`, { hint: 'there are `torch` and `tensorflow`' });
  }
}

const reportTo = (terminal: Terminal): Report => ({
  begin: (stage) => terminal.say(terminal.style('dim', `${stage} ...`)),
  end: (stage, how, detail) => terminal.say(`${terminal.style('green', '✔')} ${stage}: ${detail}${how === 'found' ? ' (was there)' : ''}`),
});
