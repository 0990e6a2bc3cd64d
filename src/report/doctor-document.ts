import type { CheckId, Finding } from '../doctor/finding.js';
import type { DoctorReport } from './doctor-report.js';

/** How many findings there are of each kind. */
export interface Counts {
  readonly blocker: number;
  readonly warning: number;
  readonly note: number;
  readonly clear: number;
  readonly blocked: number;
  readonly notApplicable: number;
  readonly undetermined: number;
  readonly crashed: number;
}

/** What `doctor --json` prints: plain JSON, null where nothing is known. configs/schema/doctor.schema.json describes it. */
export interface DoctorDocument extends Omit<DoctorReport, 'firstBroken'> {
  readonly format: 1;
  readonly firstBroken: CheckId | null;
  readonly counts: Counts;
}

/** The report as one JSON document. */
export function doctorDocument({ version, host, machine, firstBroken, findings }: DoctorReport): DoctorDocument {
  return { format: 1, version, host, machine, firstBroken: firstBroken?.id ?? null, counts: countsOf(findings), findings };
}

export function countsOf(findings: readonly Finding[]): Counts {
  const having = (fits: (finding: Finding) => boolean) => findings.filter(fits).length;
  const status = (name: Finding['status']) => having((finding) => finding.status === name);
  const severity = (name: Finding['severity']) => having((finding) => finding.status === 'found' && finding.severity === name);
  return {
    blocker: severity('blocker'),
    warning: severity('warning'),
    note: severity('note'),
    clear: status('clear'),
    blocked: status('blocked'),
    notApplicable: status('not-applicable'),
    undetermined: status('undetermined'),
    crashed: status('crashed'),
  };
}
