import { type Fact, type Known, known, unknown } from '../fact.js';
import { noFact } from '../no-fact.js';

export interface KernelCompiler {
  readonly name: 'gcc' | 'clang';
  readonly version: string;
}

/**
 * `Linux version 6.8.0-45-generic (buildd@lcy02) (x86_64-linux-gnu-gcc-13 (Ubuntu 13.2.0-23ubuntu4) 13.2.0, GNU ld 2.42) #45-Ubuntu SMP …`,
 * `… (clang version 18.1.3, LLD 18.1.3) …`, and before 5.8 `… (gcc version 7.5.0 (Ubuntu 7.5.0-3ubuntu1~18.04)) …`
 */
export function parseKernelCompiler(text: string): KernelCompiler | undefined {
  const [, clang] = text.match(/clang version (\d+(?:\.\d+)*)/) ?? [];
  if (clang) return { name: 'clang', version: clang };
  const [, old] = text.match(/gcc version (\d+(?:\.\d+)*)/) ?? [];
  const [, late] = text.match(/gcc[\w.-]* \([^)]*\)\s*(\d+(?:\.\d+)*)/) ?? [];
  const version = old ?? late;
  return version ? { name: 'gcc', version } : undefined;
}

/** What the running kernel was compiled with. */
export const kernelCompiler: Fact<KernelCompiler> = {
  name: 'kernelCompiler',
  async read(host): Promise<Known<KernelCompiler>> {
    const answer = await host.read('/proc/version');
    if (answer.outcome !== 'text') return noFact('/proc/version', answer);
    const compiler = parseKernelCompiler(answer.text);
    return compiler ? known(compiler, '/proc/version') : unknown('/proc/version names no compiler that we know');
  },
};
