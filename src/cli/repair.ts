import type { Examination } from '../doctor/examine.js';
import { type Facts, factsOf } from '../doctor/fact.js';
import type { CheckId } from '../doctor/finding.js';
import { ExitCode } from '../errors.js';
import { liveHost } from '../host/live-host.js';
import { planText } from '../report/plan-text.js';
import { isNothingLeft } from '../setup/apply.js';
import type { Plan } from '../setup/plan.js';
import { planRepair } from '../setup/remedies/plan-repair.js';
import type { Json } from '../setup/step.js';
import { type CarryOutOptions, carryOutPlan } from './carry-out.js';
import { type ChosenChecks, examineChosen } from './doctor-checks.js';
import type { Terminal } from './terminal.js';

/** What the doctor looked at, and what it found. */
interface Look {
  readonly facts: Facts;
  readonly examination: Examination;
  readonly chosen: ChosenChecks;
  readonly version: string;
}

/**
 * `doctor --fix`: shows the plan that mends what was found, asks, carries it out, and looks at the machine again. Undefined where
 * nothing was carried out: then the machine is as the examination has it.
 */
export async function repair(
  terminal: Terminal,
  { facts, examination, chosen, version }: Look,
  options: CarryOutOptions & { readonly dryRun?: boolean },
): Promise<ExitCode | undefined> {
  const plan = await planRepair(facts, examination.findings, madeBy(version), requestOf(chosen));
  if (terminal.signal.aborted) return ExitCode.interrupted;
  const text = () => planText(plan, terminal.style.bind(terminal));
  if (options.dryRun || (await isNothingLeft(plan.steps, facts.host))) {
    terminal.out(options.json ? JSON.stringify(plan, null, 2) : text());
    return undefined;
  }
  const code = await carryOutPlan(terminal, plan, options, () => terminal.say(text()));
  if (code !== ExitCode.ok || options.until !== undefined) return code;
  const { firstBroken } = await examineChosen(factsOf(liveHost({ environment: terminal.env, signal: terminal.signal })), terminal, chosen);
  if (!firstBroken) return ExitCode.ok;
  terminal.say(`Still broken: ${firstBroken.summary} [${firstBroken.id}]`);
  return ExitCode.blocked;
}

/** The plan that goes on after the reboot that ended `plan`: of the same checks, on the machine as it is now. */
export async function repairAgain(terminal: Terminal, { request }: Plan, version: string): Promise<Plan> {
  const facts = factsOf(liveHost({ environment: terminal.env, signal: terminal.signal }));
  const chosen = chosenOf(request);
  const { findings } = await examineChosen(facts, terminal, chosen);
  return planRepair(facts, findings, madeBy(version), requestOf(chosen));
}

const madeBy = (version: string) => `gpu-setup ${version}`.trim();
const requestOf = ({ only, skip }: ChosenChecks): Json => ({ only, skip });

/** What `requestOf` wrote into a journal; ids of checks that are gone since name none. */
function chosenOf(request: Json | undefined): ChosenChecks {
  const ids = (name: 'only' | 'skip') => {
    const list = typeof request === 'object' && request !== null && name in request ? (request as { [key: string]: Json })[name] : null;
    return Array.isArray(list) ? list.filter((id): id is CheckId => typeof id === 'string') : null;
  };
  return { only: ids('only'), skip: ids('skip') };
}
