import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../errors.js';
import type { Command, Host, MutableHost } from '../../host/host.js';
import { carryOut } from './carry-out.js';

const minutes = 60_000;

/**
 * apt that never asks: what is unanswered keeps its default, and files that an administrator changed stay. Where another
 * apt is at work it waits for it.
 */
export const aptGet = (...args: readonly string[]): Command => ({
  program: 'env',
  args: [
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '--option=Dpkg::Options::=--force-confold',
    '--option=DPkg::Lock::Timeout=300',
    ...args,
  ],
  timeoutMs: 60 * minutes,
});

/** Brings to an end what an apt that was cut off left half done; apt refuses to work before. */
export async function mendPackages(host: MutableHost): Promise<void> {
  const [audit, updates] = [await host.ask({ program: 'dpkg', args: ['--audit'] }), await host.list('/var/lib/dpkg/updates')];
  const interrupted = updates.outcome === 'entries' && updates.names.some((name) => /^\d+$/.test(name));
  if (!interrupted && audit.outcome === 'exited' && audit.code === 0 && audit.stdout.trim() === '') return;
  const configure = {
    program: 'env',
    args: ['DEBIAN_FRONTEND=noninteractive', 'dpkg', '--force-confold', '--configure', '--pending'],
    timeoutMs: 60 * minutes,
  };
  // A package's script outlives a dpkg that was killed, and keeps debconf's lock, for which nobody waits.
  for (let left = 60; left > 0; left--) {
    const ran = await host.execute(configure);
    if (ran.outcome === 'exited' && ran.code === 0) return;
    if (ran.outcome !== 'exited' || !ran.stdout.includes('locked by another process')) break;
    await sleep(5000);
  }
  await carryOut(host, [configure]);
}

/** Throws where `verb` (`purge`, `remove`) of `names` would take away a package that `mayGo` does not name. */
export async function refuseLargerRemoval(
  host: MutableHost,
  verb: 'purge' | 'remove',
  names: readonly string[],
  options: readonly string[],
  mayGo: (name: string) => boolean,
): Promise<void> {
  const removal = await removalOf(host, verb, names, options);
  if (typeof removal === 'string')
    throw new UserError(`Cannot tell what removing ${names.join(', ')} would take along: ${removal}`, { exitCode: 3 });
  const others = [...removal].filter((name) => !mayGo(name));
  if (others.length === 0) return;
  throw new UserError(`Removing ${names.join(', ')} would take along ${others.join(', ')}`, {
    exitCode: 3,
    hint: `\`apt-get --simulate ${verb} ${names.join(' ')}\` shows it; what you can do without you remove yourself`,
  });
}

/** What `verb` of `names` would take away, by apt's own simulation; a sentence where it does not tell. */
export async function removalOf(
  host: Host,
  verb: 'purge' | 'remove',
  names: readonly string[],
  options: readonly string[] = [],
): Promise<ReadonlySet<string> | string> {
  const { program, args } = aptGet('--simulate', verb, '--yes', ...options, ...names);
  const answer = await host.ask({ program, args, timeoutMs: 2 * minutes });
  if (answer.outcome === 'exited' && answer.code === 0) return removed(answer.stdout);
  return answer.outcome === 'exited'
    ? (answer.stderr.trim().split('\n').at(-1) ?? `apt ended with ${answer.code}`)
    : answer.outcome === 'unavailable'
      ? answer.why
      : answer.outcome;
}

/** `Remv libx11-6 [2:1.8.4-2]`, `Purg nvidia-driver:amd64 [535]` */
const removed = (simulation: string): ReadonlySet<string> =>
  new Set([...simulation.matchAll(/^(?:Remv|Purg) (\S+)/gm)].map(([, name]) => bare(name!)));

/** Without the architecture, which dpkg and apt write in different places. */
export const bare = (name: string): string => name.split(':', 1)[0]!;
