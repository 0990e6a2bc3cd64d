import type { Facts } from '../../doctor/fact.js';
import type { Finding } from '../../doctor/finding.js';
import { planDriver } from '../driver/plan-driver.js';
import { surveyOf } from '../driver/survey.js';
import { needsOf } from '../needs-of.js';
import type { ByHand, Plan, PlannedStep, Refusal, RepairPlan } from '../plan.js';
import { plannedStep } from '../planned-step.js';
import type { Json, Step } from '../step.js';
import { remedies } from './index.js';
import type { Mending, RepairGround } from './remedy.js';

/**
 * The plan that mends the blockers and warnings among `findings`, as far as steps can; the rest is left to a person, with why.
 * `request` is kept in it, to plan again after a reboot.
 */
export async function planRepair(facts: Facts, findings: readonly Finding[], madeBy: string, request?: Json): Promise<RepairPlan> {
  const broken = findings.filter(({ status, severity }) => status === 'found' && severity !== 'note');
  const ground: RepairGround = { facts, survey: await surveyOf(facts, []) };
  const driver = broken.some(wantsDriver) ? await driverPlan(facts, madeBy) : undefined;
  const planned = driver?.outcome === 'plan' ? driver : undefined;
  const mended = new Set(planned?.steps.flatMap(({ why }) => why.findings));

  const steps: Step<unknown>[] = [];
  const byHand: ByHand[] = [];
  const warnings = new Set(planned?.warnings);
  for (const finding of inOrderOfRemedies(broken)) {
    if ((planned && wantsDriver(finding)) || mended.has(finding.id)) continue;
    const mending: Mending = wantsDriver(finding) ? { byHand: refusalOf(driver) } : await mendingOf(finding, ground);
    if ('byHand' in mending) {
      byHand.push(byHandOf(finding, mending.byHand));
      continue;
    }
    steps.push(...mending.steps);
    for (const warning of mending.warnings ?? []) warnings.add(warning);
  }

  const own = await Promise.all(steps.map((each) => plannedStep(each, facts.host)));
  const all = inOrder([...own, ...(planned?.steps ?? [])]);
  return {
    format: 1,
    goal: 'repair',
    outcome: 'plan',
    madeBy,
    madeOn: ground.survey.madeOn,
    assumptions: [],
    facts: ground.survey.lines,
    decisions: planned?.decisions ?? [],
    preflight: planned?.preflight ?? [],
    warnings: [...warnings, ...behind(findings)],
    steps: all,
    afterReboot: planned?.afterReboot ?? [],
    byHand,
    needs: needsOf(all),
    complete: !all.some(({ kind, alreadyDone }) => kind === 'reboot' && alreadyDone !== true),
    proof: [{ command: { program: 'gpu-setup', args: ['doctor'] }, expect: 'finds none of this any more' }],
    ...(request === undefined ? {} : { request }),
  };
}

/** Whether the cure of a finding is the driver's plan. */
const wantsDriver = ({ remedy }: Finding): boolean =>
  remedy?.automatic === true && remedy.commands.some((command) => command.startsWith('gpu-setup install-driver'));

const driverPlan = (facts: Facts, madeBy: string): Promise<Plan | Refusal> =>
  planDriver(
    facts,
    { dkms: true, from: undefined, run: undefined, driver: undefined, kernelModule: 'auto', openglFiles: true, assumeGpus: [] },
    madeBy,
  );

function refusalOf(driver: Plan | Refusal | undefined): string {
  const [first] = driver?.outcome === 'refused' ? driver.reasons : [];
  return first ? `there is no plan for a driver: ${first.reason}` : 'there is no plan for a driver';
}

async function mendingOf(finding: Finding, ground: RepairGround): Promise<Mending> {
  const remedy = remedies.find(({ mends }) => mends.includes(finding.id));
  if (!remedy) return { byHand: finding.remedy ? 'no step of ours does it' : 'there is no cure but what the finding says' };
  const { virtualization } = ground.survey;
  if (remedy.ofKernel && virtualization.known && virtualization.value.kind === 'container')
    return { byHand: 'the kernel is that of the machine outside this container' };
  return remedy.mend(ground, finding);
}

function inOrderOfRemedies(findings: readonly Finding[]): readonly Finding[] {
  const position = ({ id }: Finding) => {
    const at = remedies.findIndex(({ mends }) => mends.includes(id));
    return at < 0 ? remedies.length : at;
  };
  return findings.toSorted((one, other) => position(one) - position(other));
}

/** Each step once; a reboot that is needed by any of them ends the plan, and loads what would be loaded before it. */
function inOrder(steps: readonly PlannedStep[]): readonly PlannedStep[] {
  const once = steps.filter(({ id }, index) => steps.findIndex((each) => each.id === id) === index);
  const reboots = once.filter(({ kind }) => kind === 'reboot');
  const before = once.filter(
    ({ kind }) => kind !== 'reboot' && (reboots.length === 0 || (kind !== 'load-modules' && kind !== 'check-driver')),
  );
  const ids = new Set([...before, ...reboots].map(({ id }) => id));
  return [...before, ...reboots].map((each) => ({
    ...each,
    after: (each.kind === 'reboot' ? before.map(({ id }) => id) : each.after).filter((id) => ids.has(id)),
  }));
}

const byHandOf = ({ id, summary, remedy }: Finding, why: string): ByHand => ({
  finding: id,
  summary,
  why,
  cure: remedy?.summary ?? null,
  commands: remedy?.commands ?? [],
  needs: remedy?.needs ?? [],
});

/** What nobody has looked at yet, since it hangs on what is broken. */
function behind(findings: readonly Finding[]): readonly string[] {
  const blocked = findings.filter(({ status }) => status === 'blocked').length;
  if (blocked === 0) return [];
  return [
    `${blocked} ${blocked === 1 ? 'check hangs' : 'checks hang'} on what is broken and could not look: run \`gpu-setup doctor --fix\` again afterwards`,
  ];
}
