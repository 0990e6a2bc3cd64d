import type { Problem, Verdict } from './finding.js';

export const clear = (summary: string, ...evidence: readonly string[]): Verdict => ({ status: 'clear', summary, evidence });
export const found = (problem: Problem): Verdict => ({ status: 'found', problem });
export const notApplicable = (why: string): Verdict => ({ status: 'not-applicable', why });
export const undetermined = (why: string): Verdict => ({ status: 'undetermined', why });
