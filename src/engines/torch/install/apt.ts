import { ExitCode, UserError } from '../../../errors.js';
import { stageFailed } from '../../install/stage.js';
import { runTool, type Workshop } from '../../install/tool.js';
import { isNewEnough } from './libtorch-texts.js';

/** How packages can be installed here: as root, or through a `sudo` that asks no password. */
export interface Apt {
  /** `sudo -n` in front, or nothing. */
  readonly prefix: readonly string[];
}

/** Undefined where there is no apt-get or no right to use it. */
export async function findApt(workshop: Workshop): Promise<Apt | undefined> {
  const apt = await runTool({ program: 'apt-get', args: ['--version'], timeoutMs: 10_000 }, workshop);
  if (apt.outcome !== 'exited' || apt.code !== 0) return undefined;
  if (process.getuid?.() === 0) return { prefix: [] };
  const sudo = await runTool({ program: 'sudo', args: ['-n', 'true'], timeoutMs: 10_000 }, workshop);
  return sudo.outcome === 'exited' && sudo.code === 0 ? { prefix: ['sudo', '-n'] } : undefined;
}

/** The version of `libtorch-dev` that apt would install, where it is new enough; its lists are fetched where they name none. */
export async function offeredLibtorch(apt: Apt, workshop: Workshop): Promise<string | undefined> {
  const candidate = async () => {
    const ran = await runTool({ program: 'apt-cache', args: ['policy', 'libtorch-dev'], timeoutMs: 30_000 }, workshop);
    return ran.outcome === 'exited' ? aptCandidate(ran.stdout) : undefined;
  };
  let version = await candidate();
  if (version === undefined) {
    await runApt(apt, ['update'], workshop);
    version = await candidate();
  }
  return version !== undefined && isNewEnough(version) ? version : undefined;
}

/** `  Candidate: 1.13.1+dfsg-4` of `apt-cache policy`, without an epoch; undefined for `(none)` and for a package it does not know. */
export function aptCandidate(policy: string): string | undefined {
  const version = /^\s+Candidate: (?:\d+:)?(\S+)$/m.exec(policy)?.[1];
  return version === '(none)' ? undefined : version;
}

/** Installs packages; with fresh lists when the first try fails, since old ones name files that are gone. Throws `UserError`. */
export async function aptInstall(apt: Apt, packages: readonly string[], workshop: Workshop, logFile: string): Promise<void> {
  const args = ['install', '-y', '--no-install-recommends', ...packages];
  let ran = await runApt(apt, args, workshop);
  if (ran.outcome === 'exited' && ran.code !== 0) {
    await runApt(apt, ['update'], workshop);
    ran = await runApt(apt, args, workshop);
  }
  if (ran.outcome === 'absent') throw new UserError('`apt-get` went away', { exitCode: ExitCode.failed });
  if (ran.outcome === 'timed-out' || ran.code !== 0) {
    throw stageFailed(`\`${shownApt(apt, packages)}\``, ran, 'see whether the package archive can be reached', logFile);
  }
}

/** As a person would type it. */
export const shownApt = ({ prefix }: Apt, packages: readonly string[]) =>
  [...prefix, 'apt-get', 'install', '--no-install-recommends', ...packages].join(' ');

function runApt({ prefix }: Apt, args: readonly string[], workshop: Workshop) {
  const [program, ...before] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'DPkg::Lock::Timeout=120'];
  return runTool({ program: program!, args: [...before, ...args], timeoutMs: 20 * 60_000 }, workshop);
}
