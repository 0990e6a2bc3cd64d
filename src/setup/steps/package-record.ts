import { z } from 'zod';
import { UserError } from '../../errors.js';
import type { Host } from '../../host/host.js';
import type { Json } from '../step.js';

/** Every package that dpkg knows anything of, as the journal keeps it. */
export const packageRecord = z.strictObject({
  /** Name to version, of those that are there whole or in part. */
  there: z.record(z.string(), z.string()),
  /** Removed, but for files of their configuration. */
  leftovers: z.array(z.string()),
  held: z.array(z.string()),
  /** Nobody asked for them by name: they came along with others. */
  automatic: z.array(z.string()),
});
export type PackageRecord = z.output<typeof packageRecord>;

/** What is installed now. Throws where dpkg or apt-mark cannot be asked. */
export async function takePackages(host: Host): Promise<PackageRecord> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the format is dpkg-query's
  const format = '${db:Status-Abbrev}|${binary:Package}|${Version}\\n';
  const lines = (await linesOf(host, 'dpkg-query', ['--show', `--showformat=${format}`])).map((line) => line.split('|'));
  const inState = (states: string) => lines.filter(([state, name]) => name && states.includes(state?.[1] ?? 'n'));
  return {
    there: Object.fromEntries(inState('iUFHWt').map(([, name, version]) => [name!, version ?? ''])),
    leftovers: inState('c').map(([, name]) => name!),
    held: await linesOf(host, 'apt-mark', ['showhold']),
    automatic: await linesOf(host, 'apt-mark', ['showauto']),
  };
}

/** Written for the journal, which keeps JSON. */
export const asJson = (record: PackageRecord): Json => ({ ...record });

async function linesOf(host: Host, program: string, args: readonly string[]): Promise<string[]> {
  const answer = await host.ask({ program, args, timeoutMs: 60_000 });
  if (answer.outcome === 'exited' && answer.code === 0) return answer.stdout.split('\n').filter((line) => line !== '');
  throw new UserError(`\`${program} ${args[0]}\` does not tell which packages are installed`, {
    exitCode: 3,
    hint: 'plans that install packages need Debian or Ubuntu',
  });
}
