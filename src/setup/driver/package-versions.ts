import type { Host } from '../../host/host.js';

/** ` nvidia-driver-580 | 580.95.05-0ubuntu0.24.04.2 | http://archive.ubuntu.com/ubuntu noble-updates/restricted amd64 Packages` */
export function parseMadison(text: string): readonly { readonly name: string; readonly version: string }[] {
  return text.split('\n').flatMap((line) => {
    const [name, version] = line.split('|').map((field) => field.trim());
    return name && version ? [{ name, version }] : [];
  });
}

/** The package version that is driver `version`, of each of `names` that has one; undefined where apt cannot be asked. */
export async function packageVersions(
  host: Host,
  names: readonly string[],
  version: string,
): Promise<ReadonlyMap<string, string> | undefined> {
  const answer = await host.ask({ program: 'apt-cache', args: ['madison', ...names], timeoutMs: 30_000 });
  if (answer.outcome !== 'exited' || answer.code !== 0) return undefined;
  // `1:580.95.05-1`: before a colon stands the epoch, after the hyphen the package's own revision.
  const fits = parseMadison(answer.stdout).filter((each) => each.version.replace(/^\d+:/, '').split('-', 1)[0] === version);
  return new Map(fits.toReversed().map((each) => [each.name, each.version]));
}
