import type { CheckId } from '../doctor/finding.js';
import type { Command, HostPath } from '../host/host.js';
import type { Json, Need, Proof, Risk } from './step.js';

/** A file as a step finds it and leaves it. */
export interface PlannedFile {
  readonly path: HostPath;
  /** `unknown`: what is there now could not be read. */
  readonly change: 'create' | 'modify' | 'delete' | 'none' | 'unknown';
  /** A unified diff against what is there now; empty where nothing changes. */
  readonly diff: string;
}

/** A step with everything a person wants to know before it is carried out. */
export interface PlannedStep {
  readonly id: string;
  readonly kind: string;
  readonly params: unknown;
  readonly summary: string;
  readonly why: { readonly words: string; readonly findings: readonly CheckId[] };
  readonly after: readonly string[];
  readonly commands: readonly Command[];
  readonly files: readonly PlannedFile[];
  readonly risk: Risk;
  readonly needs: readonly Need[];
  readonly undo: { readonly words: string; readonly commands: readonly Command[] };
  readonly proof: readonly Proof[];
  /** Null: the machine could not be asked. */
  readonly alreadyDone: boolean | null;
}

export interface Decision {
  readonly what: string;
  readonly choice: string;
  readonly why: string;
}

/** Something that a silent installer would stop at, looked at before. */
export interface Preflight {
  readonly question: string;
  readonly found: string;
  /** Ids of the steps that see to it; empty where nothing need be done. */
  readonly handledBy: readonly string[];
}

/** What was learnt of the machine, as a line to read. */
export interface FactLine {
  readonly name: string;
  /** Null: not known, and `source` says why. */
  readonly value: string | null;
  readonly source: string;
}

/** The machine that a plan was made for; a plan fits no other one, and not this one after it changed. */
export interface MadeOn {
  readonly machineId: string | null;
  readonly bootId: string | null;
  readonly kernel: string | null;
  readonly distribution: string | null;
  readonly architecture: string | null;
}

/**
 * `repair` mends what the doctor found, `no-driver` takes NVIDIA's driver away, `no-nouveau` keeps the kernel's own drivers off the GPU,
 * `nouveau` lets them have it again.
 */
export type Goal = 'driver' | 'repair' | 'no-driver' | 'no-nouveau' | 'nouveau';

interface PlanHead {
  readonly format: 1;
  readonly goal: Goal;
  readonly madeBy: string;
  readonly madeOn: MadeOn;
  /** What was taken for granted on somebody's word; a plan with any is for reading only. */
  readonly assumptions: readonly string[];
  readonly facts: readonly FactLine[];
}

/** Every change that leads to the goal, in order, complete before anything changes. */
export interface Plan extends PlanHead {
  readonly outcome: 'plan';
  readonly decisions: readonly Decision[];
  readonly preflight: readonly Preflight[];
  readonly warnings: readonly string[];
  readonly steps: readonly PlannedStep[];
  /** What the next plan will hold, as far as can be told before the reboot that ends this one. */
  readonly afterReboot: readonly PlannedStep[];
  /** What the steps that are not done yet need, in sum. */
  readonly needs: readonly Need[];
  /** False: it ends in a reboot, and what comes then is planned again. */
  readonly complete: boolean;
  /** How we know that the goal is reached. */
  readonly proof: readonly Proof[];
  /** What was asked for: after a reboot it is planned again. */
  readonly request?: Json;
}

export interface Reason {
  readonly reason: string;
  readonly hint: string | undefined;
  /** 1: this machine cannot have it; 2: what was asked for cannot be done. */
  readonly exitCode: 1 | 2;
}

/** No plan leads there, and why: the first reason is the one to mend first. */
export interface Refusal extends PlanHead {
  readonly outcome: 'refused';
  readonly reasons: readonly [Reason, ...Reason[]];
}

/** What the doctor found and no step mends. */
export interface ByHand {
  readonly finding: CheckId;
  readonly summary: string;
  /** Why no step does it. */
  readonly why: string;
  /** What a person would do, and type. */
  readonly cure: string | null;
  readonly commands: readonly string[];
  readonly needs: readonly Need[];
}

/** What mends the findings of the doctor, as far as it can be planned. */
export interface RepairPlan extends Plan {
  readonly goal: 'repair';
  readonly byHand: readonly ByHand[];
}
