import type { Host } from '../../host/host.js';
import { type Fact, type Known, known } from '../fact.js';
import { noFact } from '../no-fact.js';
import { programsInPath } from './programs-in-path.js';

/** The tools that kernel modules and bindings are built with: a version, null where there is none. */
export interface Compilers {
  readonly gcc: Known<string | null>;
  readonly gxx: Known<string | null>;
  /** What `cc` is, which need not be gcc. */
  readonly cc: Known<string | null>;
  readonly make: Known<string | null>;
}

/** The last version in the first line of `gcc (Ubuntu 13.2.0-23ubuntu4) 13.2.0` or `GNU Make 4.3`. */
export function parseToolVersion(text: string): string | undefined {
  // What says more than this in a line says no version.
  const line = (text.split('\n', 1)[0] ?? '').slice(0, 300);
  // Red Hat appends a date: `gcc (GCC) 11.4.1 20231218 (Red Hat 11.4.1-3)`.
  const [, afterName] = line.match(/^[^(]*\([^)]*\)\s*(.*)$/) ?? [];
  // `Ubuntu clang version 18.1.3 (1ubuntu1)` has its version before.
  return (afterName?.match(/\d+(?:\.\d+)+/) ?? line.match(/\d+(?:\.\d+)+/))?.[0];
}

/** gcc, g++, cc and make. */
export const compilers: Fact<Compilers> = {
  name: 'compilers',
  async read(host, facts) {
    const programs = await facts.of(programsInPath);
    const there = (name: string) => programs.known && programs.value.some((program) => program.name === name);
    const [gcc, gxx, cc, make] = await Promise.all(['gcc', 'g++', 'cc', 'make'].map((name) => versionOf(host, name, there(name))));
    return known({ gcc: gcc!, gxx: gxx!, cc: cc!, make: make! }, 'gcc, g++, cc and make --version');
  },
};

async function versionOf(host: Host, program: string, there: boolean): Promise<Known<string | null>> {
  const source = `${program} --version`;
  const answer = await host.ask({ program, args: ['--version'] });
  if (answer.outcome === 'absent') return known(null, source);
  if (answer.outcome === 'exited' && answer.code === 0) return known(parseToolVersion(answer.stdout) ?? 'of unknown version', source);
  return answer.outcome === 'unavailable' && there ? known('of unknown version', 'the folders of programs') : noFact(source, answer);
}
