import type { Facts } from '../doctor/fact.js';
import { blocked } from './driver/obstacles.js';
import { type Survey, surveyOf } from './driver/survey.js';
import { needsOf } from './needs-of.js';
import type { Decision, Goal, Plan, Reason, Refusal } from './plan.js';
import { plannedStep } from './planned-step.js';
import { settled } from './settled.js';
import type { Json, Proof, Step } from './step.js';

/** What a plan is made of, beside what every plan says of the machine. */
export interface GoalDraft {
  readonly steps: readonly Step<unknown>[];
  readonly afterReboot: readonly Step<unknown>[];
  readonly decisions: readonly Decision[];
  readonly warnings: readonly string[];
  readonly proof: readonly Proof[];
  readonly request: Json;
}

/**
 * A plan for a goal that is about the kernel and not about one driver: `draft` makes its steps, or says why there are none.
 * Where the kernel is another machine's there is no plan.
 */
export async function planGoal(
  goal: Goal,
  facts: Facts,
  madeBy: string,
  draft: (survey: Survey) => Promise<GoalDraft | Reason>,
): Promise<Plan | Refusal> {
  const survey = await surveyOf(facts, []);
  const head = { format: 1, goal, madeBy, madeOn: survey.madeOn, assumptions: [], facts: survey.lines } as const;
  const elsewhere = kernelElsewhere(survey);
  if (elsewhere) return { ...head, outcome: 'refused', reasons: [elsewhere] };
  const drafted = await draft(survey);
  if ('reason' in drafted) return { ...head, outcome: 'refused', reasons: [drafted] };
  const unknown = survey.lines.filter(({ value }) => value === null).map(({ name, source }) => `${name} (${source})`);
  const steps = settled(await Promise.all(drafted.steps.map((each) => plannedStep(each, facts.host))));
  const later = await Promise.all(drafted.afterReboot.map((each) => plannedStep(each, facts.host)));
  return {
    ...head,
    outcome: 'plan',
    decisions: drafted.decisions,
    preflight: [],
    warnings: [
      ...(facts.host.origin === 'live' || unknown.length === 0 ? [] : [`Not known of this machine: ${unknown.join('; ')}`]),
      ...drafted.warnings,
    ],
    steps,
    afterReboot: later.map((each) => ({ ...each, alreadyDone: null })),
    needs: needsOf(steps),
    complete: !steps.some(({ kind, alreadyDone }) => kind === 'reboot' && alreadyDone !== true),
    proof: drafted.proof,
    request: drafted.request,
  };
}

/** Why the kernel is not this machine's own. */
function kernelElsewhere({ wsl, virtualization }: Survey): Reason | undefined {
  if (wsl.known && wsl.value)
    return blocked('This is WSL, whose kernel and driver are those of Windows', 'update or remove the driver in Windows');
  if (!virtualization.known || virtualization.value.kind !== 'container') return undefined;
  const name = virtualization.value.name ? ` (${virtualization.value.name})` : '';
  return blocked(`This is a container${name}: its kernel and the driver are those of its host`, 'run the same command on the host');
}

/** The kernels whose boot images and menus are ours to change. */
export const wholeKernels = ({ kernels }: Survey): readonly string[] =>
  kernels.filter(({ complete }) => complete !== false).map(({ release }) => release);
