import type { Facts } from './fact.js';
import { virtualization } from './facts/virtualization.js';
import type { RemedyAdvice } from './finding.js';

/** Whether this is a container, where kernel, modules and device nodes are another machine's; false where nobody can say. */
export async function inContainer(facts: Facts): Promise<boolean> {
  const where = await facts.of(virtualization);
  return where.known && where.value.kind === 'container';
}

/** Advice about the kernel as it is given in a container: to be followed outside. */
export async function followedOutside(facts: Facts, remedy: RemedyAdvice): Promise<RemedyAdvice> {
  if (!(await inContainer(facts))) return remedy;
  const first = remedy.summary.charAt(0);
  return {
    ...remedy,
    summary: `On the machine outside this container: ${first.toLowerCase()}${remedy.summary.slice(1)}`,
    automatic: false,
  };
}

/** What gives a container the GPU of a machine whose driver works: its devices and its driver’s libraries. */
export const handIn: RemedyAdvice = {
  summary:
    'Hand the GPU in from outside: start the container with `docker run --gpus all …`, which the NVIDIA Container Toolkit makes work',
  commands: [],
  automatic: false,
  needs: [],
};
