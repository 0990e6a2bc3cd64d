import { type Examination, inOrder } from '../../doctor/examine.js';
import { factsOf } from '../../doctor/fact.js';
import type { Check, CheckId } from '../../doctor/finding.js';
import { machineOf } from '../../doctor/machine.js';
import { ExitCode, UserError } from '../../errors.js';
import { liveHost } from '../../host/live-host.js';
import { openHost } from '../../host/open-host.js';
import { nearestMatch } from '../../nearest-match.js';
import { doctorDocument } from '../../report/doctor-document.js';
import { checkListText, doctorText } from '../../report/doctor-text.js';
import type { CarryOutOptions } from '../carry-out.js';
import type { CliCommand } from '../command.js';
import { type ChosenChecks, doctorChecks, examineChosen } from '../doctor-checks.js';
import { resultFile } from '../result-file.js';
import type { Terminal } from '../terminal.js';

interface DoctorOptions extends CarryOutOptions {
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly host?: string;
  readonly html?: string;
  readonly list?: boolean;
  readonly fix?: boolean;
  readonly dryRun?: boolean;
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
      .option('--html <file>', 'write the report as a web page, too')
      .option('--fix', 'mend the blockers and warnings: shows what will be done, why, and how to take it back, and asks')
      .option('--dry-run', 'with `--fix`: print the plan and change nothing')
      .option('--until <step>', 'with `--fix`: stop after this step; `resume` goes on')
      .option('--yes', 'with `--fix`: do not ask')
      .action(run((terminal, options: DoctorOptions) => diagnose(terminal, options, version)));
  },
};

async function diagnose(terminal: Terminal, options: DoctorOptions, version: string): Promise<ExitCode> {
  refuseContradictions(options);
  const checks = inOrder(doctorChecks(terminal.env));
  const only = options.only && selectionOf(options.only, checks);
  const skip = options.skip && selectionOf(options.skip, checks);
  const chosen = checks.filter(({ id }) => (only?.has(id) ?? true) && !skip?.has(id));
  if (options.list) {
    const list = chosen.map(({ id, title, link }) => ({ id, title, link }));
    terminal.out(options.json ? JSON.stringify({ version, checks: list }, null, 2) : checkListText(list, terminal));
    return ExitCode.ok;
  }
  if (chosen.length === 0) throw new UserError('Nothing is left to look at', { hint: '`--skip` takes away what `--only` asks for' });

  const page = options.html === undefined ? undefined : await resultFile(options.html, '--html', terminal.cwd);

  const host = options.host === undefined ? liveHost({ environment: terminal.env, signal: terminal.signal }) : await openHost(options.host);
  const facts = factsOf(host);
  const named: ChosenChecks = { only: only ? [...only] : null, skip: skip ? [...skip] : null };
  const [machine, examination] = await Promise.all([machineOf(facts), examineChosen(facts, terminal, named)]);
  if (terminal.signal.aborted) return ExitCode.interrupted;

  const report = { version, host: { origin: host.origin, path: options.host ?? null }, machine, ...examination };
  if (page) {
    const { doctorHtml } = await import('../../report/doctor-html.js');
    await page.write(doctorHtml(report, `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`));
    terminal.say(`Written: ${page.path}`);
  }
  if (options.fix) {
    // Plans and their tables are read when they are needed, and not by every look at the machine.
    const { repair } = await import('../repair.js');
    return (await repair(terminal, { facts, examination, chosen: named, version }, options)) ?? exitCodeOf(examination);
  }
  terminal.out(options.json ? JSON.stringify(doctorDocument(report), null, 2) : doctorText(report, terminal));
  return exitCodeOf(examination);
}

function refuseContradictions({ fix: wanted, dryRun, list, html, host, until, yes }: DoctorOptions): void {
  const [needless] = [dryRun && '--dry-run', until !== undefined && '--until', yes && '--yes'].filter(Boolean);
  if (needless && !wanted)
    throw new UserError(`\`${needless}\` belongs to \`--fix\``, { hint: 'without `--fix` the doctor changes nothing anyway' });
  const [other] = [wanted && '--fix', html !== undefined && '--html'].filter(Boolean);
  if (list && other) throw new UserError(`\`--list\` looks at nothing, so there is nothing for \`${other}\``);
  if (wanted && !dryRun && host !== undefined)
    throw new UserError('`doctor --fix` mends this machine alone', { hint: 'for another one add `--dry-run` to see the plan' });
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
