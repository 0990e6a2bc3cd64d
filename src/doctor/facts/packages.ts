import type { Host } from '../../host/host.js';
import { type Fact, type Known, known } from '../fact.js';
import { noFact } from '../no-fact.js';

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Whether it must stay at its version. */
  readonly held: boolean;
  /** False of one whose installation broke off: unpacked, half configured, half installed. */
  readonly complete: boolean;
}

/** Packages of the driver, of CUDA and of what they are built with. */
const patterns = [
  '*nvidia*',
  '*cuda*',
  'libcudnn*',
  'linux-headers*',
  'linux-image*',
  'linux-modules*',
  'dkms',
  'gcc',
  'make',
  'build-essential',
  'mokutil',
  'shim-signed',
];
const wanted = new RegExp(`^(${patterns.map((pattern) => pattern.replaceAll('*', '.*')).join('|')})$`);

/** Names stand in the commands that we advise, so what can be no name is none. */
const isName = (name: string | undefined): name is string => name !== undefined && /^[\w.+:~-]+$/.test(name);

/** `ii |nvidia-driver-550|550.144.03-0ubuntu1`, `hi |…` of a held one, `un |nvidia-vdpau-driver|` of one that is only heard of */
export function parseDpkgQuery(text: string): readonly InstalledPackage[] {
  return text.split('\n').flatMap((line) => {
    const [status, name, version] = line.split('|');
    if (!status || !isName(name) || !version) return [];
    const [want, state] = status;
    // n: not installed, c: only its configuration is left.
    return state === 'n' || state === 'c' ? [] : [{ name, version, held: want === 'h', complete: state === 'i' }];
  });
}

/** Paragraphs of /var/lib/dpkg/status with `Package: nvidia-driver-550`, `Status: hold ok installed`, `Version: 550.144.03-0ubuntu1` */
export function parseDpkgStatus(text: string): readonly InstalledPackage[] {
  return text.split(/\n\n+/).flatMap((paragraph) => {
    const field = (name: string) => paragraph.match(new RegExp(`^${name}: (.*)$`, 'm'))?.[1]?.trim();
    const [name, status, version] = [field('Package'), field('Status'), field('Version')];
    if (!isName(name) || !status || !version || !wanted.test(name)) return [];
    const [want, , state] = status.split(' ');
    return state === 'not-installed' || state === 'config-files'
      ? []
      : [{ name, version, held: want === 'hold', complete: state === 'installed' }];
  });
}

/** `nvidia-driver|550.144.03-1.el9` of rpm; its packages are whole, and held by plugins of dnf and zypper that rpm knows nothing of. */
export function parseRpmQuery(text: string): readonly InstalledPackage[] {
  return text.split('\n').flatMap((line) => {
    const [, name, version] = line.match(/^([^|\s]+)\|(\S+)$/) ?? [];
    return isName(name) && version ? [{ name, version, held: false, complete: true }] : [];
  });
}

/** A folder of pacman’s for each package: `nvidia-utils-550.144.03-1` */
export function parsePacmanFolders(names: readonly string[]): readonly InstalledPackage[] {
  return names.flatMap((folder) => {
    const [, name, version] = folder.match(/^(.+)-([^-]+-[^-]+)$/) ?? [];
    return isName(name) && version && (wanted.test(name) || name === 'linux') ? [{ name, version, held: false, complete: true }] : [];
  });
}

/** The packages that matter to a GPU: of dpkg, or else of rpm or pacman. */
export const packages: Fact<readonly InstalledPackage[]> = {
  name: 'packages',
  async read(host): Promise<Known<readonly InstalledPackage[]>> {
    const answer = await host.ask({
      program: 'dpkg-query',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the format is dpkg-query's
      args: ['--show', '--showformat=${db:Status-Abbrev}|${Package}|${Version}\\n', ...patterns],
    });
    // 1: some pattern matched nothing, which is no failure.
    if (answer.outcome === 'exited' && answer.code <= 1) return known(parseDpkgQuery(answer.stdout), 'dpkg-query');
    if (answer.outcome !== 'unavailable' && answer.outcome !== 'absent') return noFact('dpkg-query', answer);
    const status = await readStatus(host);
    return status.known ? status : ((await fromOthers(host)) ?? status);
  },
};

async function readStatus(host: Host): Promise<Known<readonly InstalledPackage[]>> {
  const source = '/var/lib/dpkg/status';
  const answer = await host.read(source);
  return answer.outcome === 'text' ? known(parseDpkgStatus(answer.text), source) : noFact(source, answer);
}

/** What rpm or pacman say; undefined where neither is there. */
async function fromOthers(host: Host): Promise<Known<readonly InstalledPackage[]> | undefined> {
  const args = [
    '--query',
    '--all',
    '--queryformat=%{NAME}|%{VERSION}-%{RELEASE}\\n',
    '*nvidia*',
    '*cuda*',
    'libcudnn*',
    'kernel*',
    'dkms',
    'gcc',
    'make',
  ];
  const answer = await host.ask({ program: 'rpm', args });
  if (answer.outcome === 'exited' && answer.code === 0) return known(parseRpmQuery(answer.stdout), 'rpm --query');
  const folder = '/var/lib/pacman/local';
  const listing = await host.list(folder);
  return listing.outcome === 'entries' ? known(parsePacmanFolders(listing.names), folder) : undefined;
}
