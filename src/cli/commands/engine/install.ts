import type { Command } from 'commander';
import { engineSettings } from '../../../engines/settings.js';
import { installTensorflow } from '../../../engines/tensorflow/install/install.js';
import { ExitCode, UserError } from '../../../errors.js';
import type { Run } from '../../command.js';

interface InstallOptions {
  readonly python?: string;
  readonly yes?: boolean;
}

export function registerInstall(engine: Command, run: Run): void {
  engine
    .command('install')
    .description('install an engine: finds or fetches TensorFlow and builds the binding against it; safe to repeat')
    .argument('<name>', '`tensorflow`')
    .option('--python <path>', 'the interpreter whose TensorFlow is used (default: the first one found that has it, else one of our own)')
    .option('--yes', 'fetch what is missing without asking')
    .action(
      run(async (terminal, name: string, { python, yes }: InstallOptions) => {
        if (name === 'wasm') throw new UserError('The engine `wasm` ships with gpu-setup and needs no installation');
        if (name !== 'tensorflow') throw new UserError(`There is no engine \`${name}\` to install`, { hint: 'there is `tensorflow`' });
        const installing = installTensorflow({
          settings: engineSettings(terminal.env),
          signal: terminal.signal,
          ...(python === undefined ? {} : { python }),
          report: {
            begin: (stage) => terminal.say(terminal.style('dim', `${stage} ...`)),
            end: (stage, how, detail) =>
              terminal.say(`${terminal.style('green', '✔')} ${stage}: ${detail}${how === 'found' ? ' (was there)' : ''}`),
          },
          confirm: async (question) => yes === true || terminal.confirm(question, '--yes'),
        });
        const manifest = await installing.catch((error: unknown) => {
          if (!terminal.signal.aborted) throw error;
          throw new UserError('Interrupted; the same command goes on where this one stopped', { exitCode: ExitCode.interrupted });
        });
        terminal.out(`The engine \`tensorflow\` is ready: TensorFlow ${manifest.tensorflow.version}`);
        return undefined;
      }),
    );
}
