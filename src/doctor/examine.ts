import { messageOf } from '../errors.js';
import type { Facts } from './fact.js';
import { type Check, type CheckId, chain, type Finding, type Verdict } from './finding.js';
import { undetermined } from './verdicts.js';

export interface ExamineOptions {
  readonly checks: readonly Check[];
  /** Which of them were asked for; all unless told. What they hang on is looked at too, and reported where it blocks one. */
  readonly only?: (id: CheckId) => boolean;
  /** Which are left out: they are neither looked at nor block anything. */
  readonly skip?: (id: CheckId) => boolean;
  /** Ends the examination before the next check. */
  readonly signal?: AbortSignal;
  /** Milliseconds for each check; then it is given up as undetermined. */
  readonly timeoutMs?: number;
}

export interface Examination {
  /** In the order of the chain. */
  readonly findings: readonly Finding[];
  /** The blocker that comes first in the chain. */
  readonly firstBroken: Finding | undefined;
}

/** Milliseconds until a check that has not come back is given up: longer than anything that one of them may ask. */
const checkTimeoutMs = 45_000;

/** Looks at one machine, every check as soon as those are done that it hangs on; what hangs on a blocker is blocked, not looked at. */
export async function examine(
  facts: Facts,
  { checks, only = () => true, skip = () => false, signal, timeoutMs = checkTimeoutMs }: ExamineOptions,
): Promise<Examination> {
  const considered = inOrder(checks).filter(({ id }) => !skip(id));
  const needed = neededFor(considered, only);
  const order = considered.map(({ id }) => id).filter((id) => needed.has(id));
  const looking = new Map<CheckId, Promise<Finding | undefined>>();
  for (const check of considered.filter(({ id }) => needed.has(id))) {
    // Those that it hangs on come before it in the list, so their promises are there.
    const behind = requirementsOf(check, considered).flatMap((id) => looking.get(id) ?? []);
    looking.set(
      check.id,
      Promise.all(behind).then((before) => {
        if (signal?.aborted) return undefined;
        const blocker = blockerOf(
          before.filter((finding) => finding !== undefined),
          order,
        );
        return blocker ? blocked(check, blocker) : outcomeOf(check, facts, timeoutMs);
      }),
    );
  }
  const findings = new Map<CheckId, Finding>();
  for (const finding of await Promise.all(looking.values())) if (finding) findings.set(finding.id, finding);
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

/** The first blocker, in `order`, among the requirements or behind those that are themselves blocked. */
function blockerOf(requirements: readonly Finding[], order: readonly CheckId[]): CheckId | undefined {
  const behind = new Set(requirements.flatMap((finding) => (isBlocker(finding) ? [finding.id] : (finding.blockedBy ?? []))));
  return order.find((id) => behind.has(id));
}

/** Where the reference of the checks explains this one. */
export const anchorOf = (id: CheckId): string => `docs/checks.md#${id}`;

function blocked({ id, title, link }: Check, blockedBy: CheckId): Finding {
  const summary = `not looked at: it hangs on ${blockedBy}`;
  return { id, title, link, status: 'blocked', summary, evidence: [], blockedBy, links: [anchorOf(id)], ms: 0 };
}

async function outcomeOf(check: Check, facts: Facts, timeoutMs: number): Promise<Finding> {
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
    const verdict = await within(timeoutMs, check.examine(facts));
    switch (verdict.status) {
      case 'clear':
        return finding({ status: 'clear', summary: verdict.summary, evidence: bounded(verdict.evidence ?? []) });
      case 'not-applicable':
      case 'undetermined':
        return finding({ status: verdict.status, summary: verdict.why });
      case 'found': {
        const { links = [], evidence, ...problem } = verdict.problem;
        return finding({ status: 'found', ...problem, evidence: bounded(evidence), links: [anchorOf(id), ...links] });
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

/** More than anybody reads; a machine with thousands of kernels, or a file of one endless line, makes no report of megabytes. */
const mostLines = 64;
const longestLine = 2_000;

/** The first lines of what shows it, none of them endless. */
function bounded(evidence: readonly string[]): readonly string[] {
  const lines = evidence.slice(0, mostLines).map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)}…` : line));
  return evidence.length > mostLines ? [...lines, `… and ${evidence.length - mostLines} more`] : lines;
}

/** The verdict, or after `ms` that there is none; what was asked goes on unheard, bounded by its own time-outs. */
async function within(ms: number, examining: Promise<Verdict>): Promise<Verdict> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Verdict>((resolve) => {
    timer = setTimeout(() => resolve(undetermined(`the check did not end within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([examining, late]);
  } finally {
    clearTimeout(timer);
  }
}
