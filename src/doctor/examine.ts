import { messageOf } from '../errors.js';
import type { Facts } from './fact.js';
import { type Check, type CheckId, chain, type Finding } from './finding.js';

export interface ExamineOptions {
  readonly checks: readonly Check[];
  /** Which of them were asked for; all unless told. What they hang on is looked at too, and reported where it blocks one. */
  readonly only?: (id: CheckId) => boolean;
  /** Which are left out: they are neither looked at nor block anything. */
  readonly skip?: (id: CheckId) => boolean;
  /** Ends the examination before the next check. */
  readonly signal?: AbortSignal;
}

export interface Examination {
  /** In the order of the chain. */
  readonly findings: readonly Finding[];
  /** The blocker that comes first in the chain. */
  readonly firstBroken: Finding | undefined;
}

/** Looks at one machine, a check after the other along the chain; what hangs on a blocker is blocked, not looked at. */
export async function examine(
  facts: Facts,
  { checks, only = () => true, skip = () => false, signal }: ExamineOptions,
): Promise<Examination> {
  const considered = inOrder(checks).filter(({ id }) => !skip(id));
  const needed = neededFor(considered, only);
  const findings = new Map<CheckId, Finding>();
  for (const check of considered.filter(({ id }) => needed.has(id))) {
    if (signal?.aborted) break;
    const blocker = blockerOf(requirementsOf(check, considered), findings);
    findings.set(check.id, blocker ? blocked(check, blocker) : await outcomeOf(check, facts));
  }
  const asked = [...findings.values()].filter(({ id }) => only(id));
  const behind = new Set(asked.flatMap(({ blockedBy }) => blockedBy ?? []));
  const reported = [...findings.values()].filter(({ id }) => only(id) || behind.has(id));
  return { findings: reported, firstBroken: reported.find(isBlocker) };
}

/** Along the chain, and within a link as listed. */
export function inOrder(checks: readonly Check[]): readonly Check[] {
  return chain.flatMap((link) => checks.filter((check) => check.link === link));
}

/** The checks that `check` hangs on: those it names, or else all of the earlier links. */
export function requirementsOf(check: Check, checks: readonly Check[]): readonly CheckId[] {
  if (check.requires) return check.requires;
  const position = chain.indexOf(check.link);
  return checks.filter(({ link }) => chain.indexOf(link) < position).map(({ id }) => id);
}

function neededFor(checks: readonly Check[], only: (id: CheckId) => boolean): ReadonlySet<CheckId> {
  const byId = new Map(checks.map((check) => [check.id, check]));
  const needed = new Set<CheckId>();
  const visit = (id: CheckId) => {
    const check = byId.get(id);
    if (!check || needed.has(id)) return;
    needed.add(id);
    requirementsOf(check, checks).forEach(visit);
  };
  for (const { id } of checks) if (only(id)) visit(id);
  return needed;
}

const isBlocker = ({ status, severity }: Finding) => status === 'found' && severity === 'blocker';

/** The first blocker among the requirements, or behind those that are themselves blocked. */
function blockerOf(requirements: readonly CheckId[], findings: ReadonlyMap<CheckId, Finding>): CheckId | undefined {
  const behind = new Set<CheckId>();
  for (const id of requirements) {
    const finding = findings.get(id);
    if (finding && isBlocker(finding)) behind.add(id);
    if (finding?.blockedBy) behind.add(finding.blockedBy);
  }
  return [...findings.keys()].find((id) => behind.has(id));
}

/** Where the reference of the checks explains this one. */
export const anchorOf = (id: CheckId): string => `docs/checks.md#${id}`;

function blocked({ id, title, link }: Check, blockedBy: CheckId): Finding {
  const summary = `not looked at: it hangs on ${blockedBy}`;
  return { id, title, link, status: 'blocked', summary, evidence: [], blockedBy, links: [anchorOf(id)], ms: 0 };
}

async function outcomeOf(check: Check, facts: Facts): Promise<Finding> {
  const { id, title, link } = check;
  const started = performance.now();
  const finding = (rest: Pick<Finding, 'status' | 'summary'> & Partial<Finding>): Finding => ({
    id,
    title,
    link,
    evidence: [],
    links: [anchorOf(id)],
    ms: Math.round(performance.now() - started),
    ...rest,
  });
  try {
    const verdict = await check.examine(facts);
    switch (verdict.status) {
      case 'clear':
        return finding({ status: 'clear', summary: verdict.summary, evidence: verdict.evidence ?? [] });
      case 'not-applicable':
      case 'undetermined':
        return finding({ status: verdict.status, summary: verdict.why });
      case 'found': {
        const { links = [], ...problem } = verdict.problem;
        return finding({ status: 'found', ...problem, links: [anchorOf(id), ...links] });
      }
    }
  } catch (error) {
    const stack = error instanceof Error && error.stack ? error.stack.split('\n').slice(0, 4) : [];
    return finding({
      status: 'crashed',
      summary: `the check itself failed: ${messageOf(error)}`,
      evidence: stack.map((line) => line.trim()),
    });
  }
}
