import type { Facts } from './fact.js';
import { kernelLog, type LogLine } from './facts/kernel-log.js';
import type { Verdict } from './finding.js';
import { inContainer } from './in-container.js';
import { notApplicable, undetermined } from './verdicts.js';

/** What the kernel says of the driver since its boot; or the verdict of a check that is about it. */
export async function driverLogOf(
  facts: Facts,
): Promise<{ readonly lines: readonly LogLine[]; readonly source: string } | { readonly verdict: Verdict }> {
  if (await inContainer(facts)) return { verdict: notApplicable('the kernel’s log belongs to the machine outside this container') };
  const log = await facts.of(kernelLog);
  return log.known ? { lines: log.value, source: log.source } : { verdict: undetermined(log.why) };
}
