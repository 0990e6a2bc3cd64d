import { factsOf } from '../doctor/fact.js';
import { ExitCode, UserError } from '../errors.js';
import { liveHost } from '../host/live-host.js';
import { requestFrom } from '../setup/driver/request.js';
import type { Plan } from '../setup/plan.js';
import type { Terminal } from './terminal.js';

/** The plan for what `plan` was made for, on this machine as it is after the reboot. */
export async function planAgain(terminal: Terminal, plan: Plan, version: string): Promise<Plan> {
  if (plan.goal === 'repair') return (await import('./repair.js')).repairAgain(terminal, plan, version);
  const { planDriver } = await import('../setup/driver/plan-driver.js');
  const next = await planDriver(factsOf(liveHost({ environment: terminal.env })), requestFrom(plan.request), `gpu-setup ${version}`);
  if (next.outcome === 'plan') return next;
  const [{ reason, hint }] = next.reasons;
  throw new UserError(`After the reboot there is no plan: ${reason}`, {
    exitCode: ExitCode.failed,
    ...(hint === undefined ? {} : { hint }),
  });
}
