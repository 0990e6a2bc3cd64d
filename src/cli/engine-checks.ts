import type { Check } from '../doctor/finding.js';
import { clear, found, notApplicable } from '../doctor/verdicts.js';
import type { EngineStatus } from '../engines/engine.js';

/** What the doctor needs of an engine. */
export interface ExaminedEngine {
  readonly name: EngineStatus['name'];
  status(): Promise<EngineStatus>;
}

/** A check for each engine; on a host that is not this machine they do not apply. */
export function engineChecks(engines: readonly ExaminedEngine[]): readonly Check[] {
  let all: Promise<readonly EngineStatus[]> | undefined;
  const statuses = () => {
    all ??= Promise.all(engines.map((engine) => engine.status()));
    return all;
  };
  return engines.map(({ name }) => engineCheck(name, statuses));
}

function engineCheck(name: EngineStatus['name'], statuses: () => Promise<readonly EngineStatus[]>): Check {
  return {
    id: `engine/${name}`,
    title: `The ${name} engine is available`,
    link: 'trainer',
    requires: [],
    about: `Asks the ${name} engine, which training runs on, whether it could start. One engine is enough: only where there is none is it a blocker.`,
    async examine({ host }) {
      if (host.origin !== 'live') return notApplicable('engines run on this machine, not on the one that is looked at');
      const known = await statuses();
      const engine = known.find((each) => each.name === name)!;
      if (engine.available) return clear(engine.detail);
      return found({
        severity: known.some(({ available }) => available) ? 'note' : 'blocker',
        summary: `The ${name} engine is not available`,
        why: known.some(({ available }) => available)
          ? 'Training can run on another engine'
          : 'Training needs an engine, and there is none',
        evidence: [engine.detail],
        ...(engine.hint && { remedy: { summary: 'Make it available', commands: [engine.hint], automatic: true, needs: ['network'] } }),
      });
    },
  };
}
