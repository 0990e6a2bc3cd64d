import type { Facts } from './fact.js';

/** The causal chain, in order: what hangs on a broken link is blocked, not broken. */
export const chain = ['hardware', 'binding', 'module', 'nodes', 'libraries', 'toolkit', 'framework', 'trainer'] as const;
export type Link = (typeof chain)[number];

/** Public: typed in `--only`, kept in journals, anchors of the docs. */
export type CheckId = `${'host' | 'kernel' | 'driver' | 'build' | 'cuda' | 'python' | 'node' | 'container' | 'engine'}/${string}`;

export type Severity = 'blocker' | 'warning' | 'note';

/** Advice that we would follow ourselves. */
export interface RemedyAdvice {
  readonly summary: string;
  /** As a person would type them. */
  readonly commands: readonly string[];
  /** Whether one of our own commands does it. */
  readonly automatic: boolean;
  readonly needs: readonly ('root' | 'reboot' | 'console' | 'network')[];
}

/** What a check says is wrong: what is so, why it matters, how we know. */
export interface Problem {
  readonly severity: Severity;
  readonly summary: string;
  readonly why: string;
  readonly evidence: readonly string[];
  readonly remedy?: RemedyAdvice;
  readonly links?: readonly string[];
}

export type Verdict =
  | { readonly status: 'clear'; readonly summary: string; readonly evidence?: readonly string[] }
  | { readonly status: 'found'; readonly problem: Problem }
  | { readonly status: 'not-applicable'; readonly why: string }
  | { readonly status: 'undetermined'; readonly why: string };

/** One question about the machine: reads facts, judges, never prints. */
export interface Check {
  readonly id: CheckId;
  /** The healthy state, as a sentence. */
  readonly title: string;
  readonly link: Link;
  /** For the docs: what is looked at, and what it means when it is not so. */
  readonly about: string;
  /**
   * Checks that must not have found a blocker for this one to mean anything. Without this list it hangs on every check
   * of the earlier links; with an empty one on nothing, like a compiler, which is there or not whatever the GPU does.
   */
  readonly requires?: readonly CheckId[];
  examine(facts: Facts): Promise<Verdict>;
}

/** A check's outcome as users and `--json` see it: plain JSON. */
export interface Finding {
  readonly id: CheckId;
  readonly title: string;
  readonly link: Link;
  readonly status: 'clear' | 'found' | 'blocked' | 'not-applicable' | 'undetermined' | 'crashed';
  readonly severity?: Severity;
  readonly summary: string;
  readonly why?: string;
  readonly evidence: readonly string[];
  readonly blockedBy?: CheckId;
  readonly remedy?: RemedyAdvice;
  readonly links: readonly string[];
  readonly ms: number;
}
