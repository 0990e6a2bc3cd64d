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

/** `ii |nvidia-driver-550|550.144.03-0ubuntu1`, `hi |…` of a held one, `un |nvidia-vdpau-driver|` of one that is only heard of */
export function parseDpkgQuery(text: string): readonly InstalledPackage[] {
  return text.split('\n').flatMap((line) => {
    const [status, name, version] = line.split('|');
    if (!status || !name || !version) return [];
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
    if (!name || !status || !version || !wanted.test(name)) return [];
    const [want, , state] = status.split(' ');
    return state === 'not-installed' || state === 'config-files'
      ? []
      : [{ name, version, held: want === 'hold', complete: state === 'installed' }];
  });
}

/** Debian packages that matter to a GPU; not known where dpkg is not the package manager. */
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
    return answer.outcome === 'unavailable' || answer.outcome === 'absent' ? readStatus(host) : noFact('dpkg-query', answer);
  },
};

async function readStatus(host: Host): Promise<Known<readonly InstalledPackage[]>> {
  const source = '/var/lib/dpkg/status';
  const answer = await host.read(source);
  return answer.outcome === 'text' ? known(parseDpkgStatus(answer.text), source) : noFact(source, answer);
}
