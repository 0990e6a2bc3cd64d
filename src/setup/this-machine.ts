import { factsOf } from '../doctor/fact.js';
import { bootId } from '../doctor/facts/boot-id.js';
import { kernel } from '../doctor/facts/kernel.js';
import { machineId } from '../doctor/facts/machine-id.js';
import { ExitCode, UserError } from '../errors.js';
import type { Host } from '../host/host.js';
import type { MadeOn, Plan } from './plan.js';
import { plannedStep } from './planned-step.js';

type Identity = Pick<MadeOn, 'machineId' | 'bootId' | 'kernel'>;

/** Which machine `host` is, and in which boot. */
export async function identityOf(host: Host): Promise<Identity> {
  const facts = factsOf(host);
  const [machine, boot, running] = [await facts.of(machineId), await facts.of(bootId), await facts.of(kernel)];
  return {
    machineId: machine.known ? machine.value : null,
    bootId: boot.known ? boot.value : null,
    kernel: running.known ? running.value.release : null,
  };
}

/** Throws a `UserError` where `plan` was not made for this machine as it now is. */
export async function checkPlanFits(plan: Plan, host: Host): Promise<void> {
  const [assumption] = plan.assumptions;
  if (assumption !== undefined) {
    throw new UserError(`The plan is for reading only: ${assumption}`, { hint: 'plan without assumptions', exitCode: ExitCode.usage });
  }
  const now = await identityOf(host);
  const { madeOn } = plan;
  if (madeOn.machineId !== now.machineId || (now.machineId === null && now.bootId === null)) {
    throw new UserError('The plan was made for another machine', { hint: 'plan on this one; `/etc/machine-id` tells machines apart' });
  }
  if (madeOn.bootId !== now.bootId || madeOn.kernel !== now.kernel) {
    throw new UserError('The machine was started anew since the plan was made', { hint: 'plan again' });
  }
  for (const step of plan.steps) {
    const seen = await plannedStep({ ...step, because: step.why.findings, why: step.why.words }, host);
    const changed = seen.files.find((file, index) => file.diff !== step.files[index]?.diff && file.change !== 'none');
    if (changed) throw underneath(`\`${changed.path}\` is not as it was`);
    if (step.alreadyDone === true && seen.alreadyDone === false) throw underneath(`step \`${step.id}\` was done, and is not any more`);
  }
}

const underneath = (what: string) => new UserError(`The machine has changed since the plan was made: ${what}`, { hint: 'plan again' });
