import { factsOf } from '../doctor/fact.js';
import { ExitCode, UserError } from '../errors.js';
import { liveHost } from '../host/live-host.js';
import type { Plan, Refusal } from '../setup/plan.js';
import type { Terminal } from './terminal.js';

/** The plan for what `plan` was made for, on this machine as it is after the reboot. */
export async function planAgain(terminal: Terminal, plan: Plan, version: string): Promise<Plan> {
  const { goal } = plan;
  if (goal === 'repair') return (await import('./repair.js')).repairAgain(terminal, plan, version);
  const facts = factsOf(liveHost({ environment: terminal.env }));
  const next = await replanned({ ...plan, goal }, facts, `gpu-setup ${version}`);
  if (next.outcome === 'plan') return next;
  const [{ reason, hint }] = next.reasons;
  throw new UserError(`After the reboot there is no plan: ${reason}`, {
    exitCode: ExitCode.failed,
    ...(hint === undefined ? {} : { hint }),
  });
}

async function replanned(
  { goal, request }: Plan & { readonly goal: Exclude<Plan['goal'], 'repair'> },
  facts: ReturnType<typeof factsOf>,
  madeBy: string,
): Promise<Plan | Refusal> {
  switch (goal) {
    case 'driver': {
      const [{ planDriver }, { requestFrom }] = await Promise.all([
        import('../setup/driver/plan-driver.js'),
        import('../setup/driver/request.js'),
      ]);
      return planDriver(facts, requestFrom(request), madeBy);
    }
    case 'no-driver': {
      const { planRemoval, removalRequest } = await import('../setup/driver/plan-removal.js');
      return planRemoval(facts, removalRequest(request), madeBy);
    }
    case 'no-nouveau': {
      const { noNouveauRequest, planNoNouveau } = await import('../setup/nouveau/plan-no-nouveau.js');
      return planNoNouveau(facts, noNouveauRequest(request), madeBy);
    }
    case 'nouveau': {
      const { planNouveau } = await import('../setup/nouveau/plan-nouveau.js');
      return planNouveau(facts, madeBy);
    }
  }
}
