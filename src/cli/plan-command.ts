import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type Facts, factsOf } from '../doctor/fact.js';
import { ExitCode, UserError } from '../errors.js';
import { liveHost } from '../host/live-host.js';
import { openHost } from '../host/open-host.js';
import { furtherReasons, planText } from '../report/plan-text.js';
import type { Plan, Refusal } from '../setup/plan.js';
import { type CarryOutOptions, carryOutPlan } from './carry-out.js';
import type { Terminal } from './terminal.js';

/** What every command has that plans a change and carries it out. */
export interface PlanOptions extends CarryOutOptions {
  readonly dryRun?: true;
  readonly host?: string;
}

/** Declares them. */
export const withPlanOptions = (command: Command): Command =>
  command
    .option('--dry-run', 'print the plan and change nothing')
    .option('--until <step>', 'stop after this step; `resume` goes on')
    .option('--yes', 'do not ask')
    .option('--json', 'print one JSON document: the plan, or what happened')
    .option('--host <path>', 'plan for another machine: a mounted root, a chroot or a snapshot folder');

/** Plans, and prints that or asks and carries it out. Throws the first reason where there is no plan. */
export async function planAndCarryOut(
  terminal: Terminal,
  options: PlanOptions,
  command: Command,
  planFor: (facts: Facts, madeBy: string) => Promise<Plan | Refusal>,
): Promise<ExitCode> {
  if (!options.dryRun && options.host !== undefined) {
    throw new UserError(`\`${command.name()}\` changes this machine alone`, { hint: 'for another one add `--dry-run` to see the plan' });
  }
  const host = options.host === undefined ? liveHost({ environment: terminal.env }) : await openHost(resolve(terminal.cwd, options.host));
  const plan = await planFor(factsOf(host), `gpu-setup ${command.parent?.version() ?? ''}`.trim());
  const paint = terminal.style.bind(terminal);
  if (plan.outcome === 'plan') {
    if (!options.dryRun) return carryOutPlan(terminal, plan, options, () => terminal.say(planText(plan, paint)));
    terminal.out(options.json ? JSON.stringify(plan, null, 2) : planText(plan, paint));
    return ExitCode.ok;
  }
  const [{ reason, hint, exitCode }] = plan.reasons;
  if (options.json) terminal.out(JSON.stringify(plan, null, 2));
  for (const line of furtherReasons(plan)) terminal.say(line);
  throw new UserError(reason, { exitCode, ...(hint === undefined ? {} : { hint }) });
}
