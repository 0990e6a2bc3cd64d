import { checks as hostChecks } from '../../doctor/checks/index.js';
import { type Examination, examine, inOrder } from '../../doctor/examine.js';
import { type Facts, factsOf } from '../../doctor/fact.js';
import type { Check, CheckId } from '../../doctor/finding.js';
import { machineOf } from '../../doctor/machine.js';
import { enginesOf } from '../../engines/list.js';
import { engineSettings } from '../../engines/settings.js';
import { ExitCode, UserError } from '../../errors.js';
import { liveHost } from '../../host/live-host.js';
import { openHost } from '../../host/open-host.js';
import { nearestMatch } from '../../nearest-match.js';
import { doctorDocument } from '../../report/doctor-document.js';
import { doctorHtml } from '../../report/doctor-html.js';
import { checkListText, doctorText } from '../../report/doctor-text.js';
import { planText } from '../../report/plan-text.js';
import type { CliCommand } from '../command.js';
import { engineChecks } from '../engine-checks.js';
import { resultFile } from '../result-file.js';
import type { Terminal } from '../terminal.js';

interface DoctorOptions {
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly host?: string;
  readonly json?: boolean;
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
      .option('--fix', 'plan what mends the blockers and warnings, in the place of the report; carrying it out is not there yet')
      .option('--dry-run', 'with `--fix`: print the plan and change nothing')
      .action(run((terminal, options: DoctorOptions) => diagnose(terminal, options, version)));
  },
};

async function diagnose(terminal: Terminal, options: DoctorOptions, version: string): Promise<ExitCode> {
  refuseContradictions(options);
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

  const page = options.html === undefined ? undefined : await resultFile(options.html, '--html', terminal.cwd);

  const host = options.host === undefined ? liveHost({ environment: terminal.env, signal: terminal.signal }) : await openHost(options.host);
  const facts = factsOf(host);
  const [machine, examination] = await Promise.all([
    machineOf(facts),
    examine(facts, {
      checks,
      only: (id) => only?.has(id) ?? true,
      skip: (id) => skip?.has(id) ?? false,
      signal: terminal.signal,
    }),
  ]);
  if (terminal.signal.aborted) return ExitCode.interrupted;

  const report = { version, host: { origin: host.origin, path: options.host ?? null }, machine, ...examination };
  if (page) {
    await page.write(doctorHtml(report, `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`));
    terminal.say(`Written: ${page.path}`);
  }
  if (options.fix) return fix(terminal, options, facts, examination, version);
  terminal.out(options.json ? JSON.stringify(doctorDocument(report), null, 2) : doctorText(report, terminal));
  return exitCodeOf(examination);
}

function refuseContradictions({ fix: wanted, dryRun, list, html }: DoctorOptions): void {
  if (dryRun && !wanted)
    throw new UserError('`--dry-run` belongs to `--fix`', { hint: 'without `--fix` the doctor changes nothing anyway' });
  const [other] = [wanted && '--fix', html !== undefined && '--html'].filter(Boolean);
  if (list && other) throw new UserError(`\`--list\` looks at nothing, so there is nothing for \`${other}\``);
}

/** Prints the plan that mends what was found; without `--dry-run` there is the error that it cannot be carried out. */
async function fix(
  terminal: Terminal,
  { json, dryRun }: DoctorOptions,
  facts: Facts,
  examination: Examination,
  version: string,
): Promise<ExitCode> {
  // Plans and their tables are read when they are needed, and not by every look at the machine.
  const { planRepair } = await import('../../setup/remedies/plan-repair.js');
  const plan = await planRepair(facts, examination.findings, `gpu-setup ${version}`.trim());
  if (terminal.signal.aborted) return ExitCode.interrupted;
  terminal.out(json ? JSON.stringify(plan, null, 2) : planText(plan, terminal.style.bind(terminal)));
  if (!dryRun && plan.steps.some(({ alreadyDone }) => alreadyDone !== true)) {
    throw new UserError('`doctor --fix` cannot carry out its plan yet; nothing has been changed', {
      hint: 'its commands may be run by hand, in order; `--dry-run` prints the plan without this error',
      exitCode: ExitCode.failed,
    });
  }
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
