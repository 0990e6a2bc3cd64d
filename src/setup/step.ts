import type { z } from 'zod';
import type { CheckId } from '../doctor/finding.js';
import type { Command, Host, HostPath, MutableHost } from '../host/host.js';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What a step needs to be carried out; `console`: somebody at the machine's own screen and keyboard. */
export type Need = 'root' | 'reboot' | 'console' | 'network';
/** `safe` takes nothing away, `reversible` can be undone, `disruptive` interrupts who uses the machine. */
export type Risk = 'safe' | 'reversible' | 'disruptive';

/** One change, as data: what a plan holds, a journal names and a later run can carry out. */
export interface Step<P = Json> {
  /** Unique in its plan. */
  readonly id: string;
  readonly kind: string;
  readonly params: P;
  /** The doctor's checks that this mends. */
  readonly because: readonly CheckId[];
  /** The reason, in a sentence. */
  readonly why: string;
  /** Steps that must be done before. */
  readonly after: readonly string[];
}

/** A file as a step leaves it; null: it is gone. */
export interface FileChange {
  readonly path: HostPath;
  readonly text: string | null;
}

/** How we know that a step worked: what to run or read, and what it then says. */
export interface Proof {
  readonly command?: Command;
  readonly file?: HostPath;
  readonly expect: string;
}

/** What a step does, before it does it: read from its parameters alone. */
export interface StepDescription {
  readonly summary: string;
  /** In order, each as it will be run. */
  readonly commands: readonly Command[];
  readonly files: readonly FileChange[];
  readonly risk: Risk;
  readonly needs: readonly Need[];
  readonly undo: { readonly words: string; readonly commands: readonly Command[] };
  readonly proof: readonly Proof[];
}

/** Whether the machine is already so; `cannot-tell` where it cannot be asked. */
export type Doneness = 'done' | 'not-done' | 'cannot-tell';

/** For a change that takes long and can stop in the middle. */
export interface Doing {
  readonly signal: AbortSignal;
  /** Says how it gets on. */
  progress(words: string): void;
}

/** How a kind of change is carried out and taken back. Each of these may be cut off at any point and called again. */
export interface Change<P> {
  /** What is there now: kept in the journal before anything changes, so that a cut loses nothing. */
  before(params: P, host: Host): Promise<Json>;
  /**
   * Carries it out, also where an earlier try was cut off. Throws a `UserError` where the machine refuses, and an `AbortError` where it
   * stopped on `doing.signal`, to be gone on with.
   */
  apply(params: P, before: Json, host: MutableHost, doing?: Doing): Promise<void>;
  /** What undo will need, where that shows only afterwards; else it is what was there before. */
  settle?(params: P, before: Json, host: Host): Promise<Json>;
  /** Takes it back, also what is done in part; answers what could not be taken back, in a sentence. */
  undo(params: P, record: Json, host: MutableHost): Promise<string | undefined>;
  /** Whether what can be done now is done, where being so takes more, as a key that the firmware takes at the next boot. */
  isCarriedOut?(params: P, host: Host): Promise<Doneness>;
  /** Undo it when all else is undone: it is made from what the other steps leave. */
  readonly undoLast?: boolean;
}

/** What one kind of change means. Describing is pure; `isDone` only asks. */
export interface StepKind<P> {
  readonly kind: string;
  readonly params: z.ZodType<P>;
  /**
   * `lasting` unless told: the machine stays so. `clears-the-way` holds while other steps are at work, needed only for them,
   * and given back when they fail; `running` is a state of the running system; `ends-the-run` is left to a person.
   */
  readonly role?: Role;
  describe(params: P): StepDescription;
  isDone(params: P, host: Host): Promise<Doneness>;
  readonly change: Change<P>;
}
export type Role = 'lasting' | 'clears-the-way' | 'running' | 'ends-the-run';

/** A step of `kind`. */
export function step<P>(kind: StepKind<P>, params: P, about: Omit<Step, 'kind' | 'params'>): Step<P> {
  return { ...about, kind: kind.kind, params };
}
