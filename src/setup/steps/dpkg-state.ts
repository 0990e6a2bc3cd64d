import type { Host } from '../../host/host.js';

/** The version of each of `names` that is installed and configured, null of one that is not; undefined where dpkg cannot be asked. */
export async function installedVersions(host: Host, names: readonly string[]): Promise<ReadonlyMap<string, string | null> | undefined> {
  const answer = await host.ask({
    program: 'dpkg-query',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the format is dpkg-query's
    args: ['--show', '--showformat=${db:Status-Abbrev}|${Package}|${Version}\\n', ...names],
  });
  // 1: some name is unknown, which is what we ask.
  if (answer.outcome === 'exited' && answer.code <= 1) return versionsIn(queried(answer.stdout), names);
  const status = await host.read('/var/lib/dpkg/status');
  return status.outcome === 'text' ? versionsIn(listed(status.text), names) : undefined;
}

type Version = readonly [name: string, version: string];

/** `ii |dkms|3.0.10-8+deb12u1`: wanted and whole. */
const queried = (text: string): readonly Version[] =>
  text.split('\n').flatMap((line): readonly Version[] => {
    const [state, name, version] = line.split('|');
    return state?.[1] === 'i' && name && version ? [[name, version]] : [];
  });

/** Paragraphs with `Package: dkms`, `Status: install ok installed`, `Version: 3.0.10-8+deb12u1` */
const listed = (text: string): readonly Version[] =>
  text.split(/\n\n+/).flatMap((paragraph): readonly Version[] => {
    const field = (name: string) => paragraph.match(new RegExp(`^${name}: (.*)$`, 'm'))?.[1]?.trim();
    const [name, version] = [field('Package'), field('Version')];
    return name && version && field('Status')?.endsWith(' ok installed') ? [[name, version]] : [];
  });

function versionsIn(found: readonly Version[], names: readonly string[]): ReadonlyMap<string, string | null> {
  const versions = new Map(found);
  return new Map(names.map((name) => [name, versions.get(name) ?? null]));
}
