import { ExitCode, UserError } from '../../errors.js';
import { runTool, type Workshop } from './tool.js';

export interface Compiler {
  readonly program: string;
  /** The first line of `--version`. */
  readonly version: string;
}

/** The first C++ compiler that answers: `$CXX` alone where it is set, else `g++`, `c++`, `clang++`; undefined where there is none. */
export async function lookForCompiler(workshop: Workshop): Promise<Compiler | undefined> {
  const asked = workshop.env.CXX;
  for (const program of asked ? [asked] : ['g++', 'c++', 'clang++']) {
    const ran = await runTool({ program, args: ['--version'], timeoutMs: 10_000 }, workshop);
    if (ran.outcome === 'exited' && ran.code === 0) return { program, version: ran.stdout.split('\n')[0] ?? program };
  }
  return undefined;
}

/** As `lookForCompiler`; where there is none it throws `UserError` with the package that brings one. */
export async function findCompiler(workshop: Workshop): Promise<Compiler> {
  const found = await lookForCompiler(workshop);
  if (found) return found;
  const asked = workshop.env.CXX;
  throw new UserError(asked ? `The C++ compiler \`${asked}\` of \`CXX\` does not run` : 'No C++ compiler is in PATH', {
    hint: 'install the package `g++` (Debian, Ubuntu: `apt-get install g++`) or `gcc-c++` (Fedora, RHEL: `dnf install gcc-c++`) and run the command again',
    exitCode: ExitCode.failed,
  });
}
