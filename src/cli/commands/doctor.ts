import { checks as hostChecks } from '../../doctor/checks/index.js';
import { type Examination, examine, inOrder } from '../../doctor/examine.js';
import { factsOf } from '../../doctor/fact.js';
import type { Check, CheckId } from '../../doctor/finding.js';
import { machineOf } from '../../doctor/machine.js';
import { enginesOf } from '../../engines/list.js';
import { engineSettings } from '../../engines/settings.js';
import { ExitCode, UserError } from '../../errors.js';
import { liveHost } from '../../host/live-host.js';
import { openHost } from '../../host/open-host.js';
import { doctorDocument } from '../../report/doctor-document.js';
import { checkListText, doctorText } from '../../report/doctor-text.js';
import type { CliCommand } from '../command.js';
import { engineChecks } from '../engine-checks.js';
import { nearestMatch } from '../nearest-match.js';
import type { Terminal } from '../terminal.js';

interface DoctorOptions {
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly host?: string;
  readonly json?: boolean;
  readonly list?: boolean;
}

/** `gpu-setup doctor`: what is wrong with this machine, or with the one that `--host` names. */
export const doctor: CliCommand = {
  register(program, run) {
    const version = program.version() ?? '';
    program
      .command('doctor')
      .description('Find what keeps this machine from training on its GPU, and what mends it')
      .option('--only <id...>', 'look at these checks alone; `kernel/` stands for all that begin so')
      .option('--skip <id...>', 'leave these checks out')
      .option('--host <path>', 'look at another machine: the root of a mounted system, or a snapshot folder')
      .option('--list', 'list the checks')
      .option('--json', 'print one JSON document')
      .action(run((terminal, options: DoctorOptions) => diagnose(terminal, options, version)));
  },
};

async function diagnose(terminal: Terminal, options: DoctorOptions, version: string): Promise<ExitCode> {
  const checks = inOrder([...hostChecks, ...engineChecks(enginesOf(engineSettings(terminal.env)))]);
  const only = options.only && selectionOf(options.only, checks);
  const skip = options.skip && selectionOf(options.skip, checks);
  const chosen = checks.filter(({ id }) => (only?.has(id) ?? true) && !skip?.has(id));
  if (options.list) {
    const list = chosen.map(({ id, title, link }) => ({ id, title, link }));
    terminal.out(options.json ? JSON.stringify({ version, checks: list }, null, 2) : checkListText(list, terminal));
    return ExitCode.ok;
  }
  if (chosen.length === 0) throw new UserError('Nothing is left to look at', { hint: '`--skip` takes away what `--only` asks for' });

  const host = options.host === undefined ? liveHost({ environment: terminal.env, signal: terminal.signal }) : await openHost(options.host);
  const facts = factsOf(host);
  const machine = await machineOf(facts);
  const examination = await examine(facts, {
    checks,
    only: (id) => only?.has(id) ?? true,
    skip: (id) => skip?.has(id) ?? false,
    signal: terminal.signal,
  });
  if (terminal.signal.aborted) return ExitCode.interrupted;

  const report = { version, host: { origin: host.origin, path: options.host ?? null }, machine, ...examination };
  terminal.out(options.json ? JSON.stringify(doctorDocument(report), null, 2) : doctorText(report, terminal));
  return exitCodeOf(examination);
}

/** The ids that `words` name, whole or by their beginnings; throws a `UserError` for a word that names none. */
function selectionOf(words: readonly string[], checks: readonly Check[]): ReadonlySet<CheckId> {
  const ids = checks.map(({ id }) => id);
  const named = words.flatMap((word) => {
    const matching = ids.includes(word as CheckId) ? [word as CheckId] : ids.filter((id) => id.startsWith(word));
    if (word === '' || matching.length === 0) {
      const near = nearestMatch(word, [...ids, ...new Set(ids.map((id) => id.split('/', 1)[0]!))]);
      throw new UserError(`No check is called \`${word}\``, {
        hint: near ? `did you mean \`${near}\`?` : '`gpu-setup doctor --list` lists them',
      });
    }
    return matching;
  });
  return new Set(named);
}

/** A crashed check is a bug of ours, and says nothing of the machine. */
function exitCodeOf({ findings, firstBroken }: Examination): ExitCode {
  if (firstBroken) return ExitCode.blocked;
  return findings.some(({ status }) => status === 'crashed') ? ExitCode.bug : ExitCode.ok;
}
