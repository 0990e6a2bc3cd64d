import zlib, { gunzipSync } from 'node:zlib';
import type { Host, HostPath } from '../../host/host.js';
import { type Fact, type Known, known } from '../fact.js';
import { newestReleases } from '../newest-releases.js';
import { noFact } from '../no-fact.js';
import { namesInCertificates } from './enrolled-keys.js';
import { installedKernels } from './installed-kernels.js';
import { kernel } from './kernel.js';

export type ModuleFlavour = 'open' | 'proprietary';

/** One nvidia.ko of one installed kernel. */
export interface ModuleOnDisk {
  /** The kernel it is for. */
  readonly kernel: string;
  readonly path: HostPath;
  /** Undefined where nobody could ask the file. */
  readonly version: string | undefined;
  readonly flavour: ModuleFlavour | undefined;
  /** Who signed it; null where nobody did, undefined where nobody could ask. */
  readonly signer: string | null | undefined;
}

/** Where packages, DKMS and the `.run` installer put it, in the order in which depmod prefers them. */
const places = [
  'updates/dkms',
  'updates',
  'extra',
  'extra/nvidia',
  'extra/drivers/video/nvidia',
  'extramodules',
  'weak-updates',
  'weak-updates/nvidia',
  'kernel/drivers/video',
  'kernel/drivers/video/nvidia',
  'kernel/nvidia-*',
  'video',
  'misc',
] as const;

const moduleFile = /^nvidia(-current)?\.ko(\.(gz|xz|zst))?$/;

/**
 * The fields of `modinfo FILE`, the first of each name:
 * `version:        550.144.03`, `license:        NVIDIA` (proprietary) or `Dual MIT/GPL` (open), `signer:         DKMS module signing key`
 */
export function parseModinfo(text: string): Pick<ModuleOnDisk, 'version' | 'flavour' | 'signer'> {
  const field = (name: string) => text.match(new RegExp(`^${name}:[ \\t]*(\\S.*)$`, 'm'))?.[1]?.trim();
  const license = field('license');
  return {
    version: field('version'),
    flavour: license === undefined ? undefined : /GPL|MIT/.test(license) ? 'open' : 'proprietary',
    // A module that only carries a key id is signed too.
    signer: field('signer') ?? (field('sig_id') ? 'an unnamed key' : null),
  };
}

/** Every nvidia.ko under /lib/modules, of whatever kernel. */
export const nvidiaModuleOnDisk: Fact<readonly ModuleOnDisk[]> = {
  name: 'nvidiaModuleOnDisk',
  async read(host, facts) {
    const kernels = await facts.of(installedKernels);
    if (!kernels.known) return kernels;
    const running = await facts.of(kernel);
    const releases = kernels.value.map(({ release }) => release);
    const told = new Set(newestReleases(releases, running.known ? running.value.release : undefined, mostAsked));
    const found = await Promise.all(kernels.value.map(({ release }) => modulesOf(host, release, told.has(release))));
    const unseen = found.find((each) => !each.known);
    return (
      unseen ??
      known(
        found.flatMap((each) => (each.known ? each.value : [])),
        '/lib/modules',
      )
    );
  },
};

/** Asking a module costs a program each. */
const mostAsked = 16;

async function modulesOf(host: Host, release: string, ask: boolean): Promise<Known<readonly ModuleOnDisk[]>> {
  const modules: ModuleOnDisk[] = [];
  for (const directory of await placesOf(host, release)) {
    const listing = await host.list(directory);
    if (listing.outcome === 'unavailable') return noFact(directory, listing);
    if (listing.outcome === 'absent') continue;
    for (const name of listing.names.filter((each) => moduleFile.test(each))) {
      const path = `${directory}/${name}` as HostPath;
      modules.push(ask ? await describe(host, release, path) : { kernel: release, path, ...unasked });
    }
  }
  return known(modules, `/lib/modules/${release}`);
}

/** Ubuntu's prebuilt modules lie in folders with the branch in their names: `kernel/nvidia-550srv-open/nvidia.ko`. */
async function placesOf(host: Host, release: string): Promise<readonly HostPath[]> {
  const [inside, listing] = await Promise.all([
    host.list(`/lib/modules/${release}` as HostPath),
    host.list(`/lib/modules/${release}/kernel` as HostPath),
  ]);
  const there = (place: string) => inside.outcome !== 'entries' || inside.names.includes(place.split('/', 1)[0]!);
  const branches = listing.outcome === 'entries' ? listing.names.filter((name) => name.startsWith('nvidia-')) : [];
  return places
    .filter(there)
    .flatMap((place) => (place.endsWith('*') ? branches.map((branch) => `kernel/${branch}`) : [place]))
    .map((place) => `/lib/modules/${release}/${place}` as HostPath);
}

const unasked = { version: undefined, flavour: undefined, signer: undefined };

async function describe(host: Host, release: string, path: HostPath): Promise<ModuleOnDisk> {
  const answer = await host.ask({ program: 'modinfo', args: [path] });
  if (answer.outcome === 'exited' && answer.code === 0) return { kernel: release, path, ...parseModinfo(answer.stdout) };
  const told = await readModuleFile(host, path);
  const version = told?.version ?? (await dkmsVersion(host, release));
  return { kernel: release, path, version, flavour: told?.flavour, signer: told?.signer };
}

/** Bytes at the end of a module that hold its signature: a PKCS #7 message with the signer's name, some 700 bytes. */
const signatureBytes = 8 * 1024;
const signatureMark = '~Module signature appended~\n';

/** Who signed a module, from its last bytes (scripts/sign-file.c of the kernel: signature, its description, a mark); null where nobody did. */
export function parseModuleSignature(latin1: string): string | null {
  return latin1.endsWith(signatureMark) ? (namesInCertificates(latin1).at(-1) ?? 'an unnamed key') : null;
}

/** The fields that a module carries in its section .modinfo, ended by zero bytes: `version=550.144.03`, `license=NVIDIA` */
export function parseModuleFields(latin1: string): Pick<ModuleOnDisk, 'version' | 'flavour'> {
  const license = latin1.match(/\0license=([^\0]+)/)?.[1];
  return {
    version: latin1.match(/\0version=([\d.]+)\0/)?.[1],
    flavour: license === undefined ? undefined : /GPL|MIT/.test(license) ? 'open' : 'proprietary',
  };
}

/** What a module says of itself, where nothing can be run; undefined where it cannot be read, or is compressed in a way that nothing here unpacks. */
async function readModuleFile(host: Host, path: HostPath): Promise<Pick<ModuleOnDisk, 'version' | 'flavour' | 'signer'> | undefined> {
  if (!path.endsWith('.ko')) {
    const packed = await host.read(path, 'latin1');
    const bytes = packed.outcome === 'text' ? unpackedModule(Buffer.from(packed.text, 'latin1')) : undefined;
    return bytes ? { ...parseModuleFields(bytes), signer: parseModuleSignature(bytes) } : undefined;
  }
  const end = await host.read(path, 'latin1', signatureBytes);
  if (end.outcome !== 'text' || end.text === '') return undefined;
  const whole = await host.read(path, 'latin1');
  const fields = whole.outcome === 'text' ? parseModuleFields(whole.text) : { version: undefined, flavour: undefined };
  return { ...fields, signer: parseModuleSignature(end.text) };
}

/** More than any module of NVIDIA's: one that swells beyond it is none. */
const maxUnpackedBytes = 256 * 1024 * 1024;

/**
 * The bytes of a compressed module: gzip, and zstd where this Node.js has it (22.15 and later). Undefined of xz, which none has, and of what
 * is cut off or something else.
 */
export function unpackedModule(packed: Buffer): string | undefined {
  const unpack =
    packed[0] === 0x1f && packed[1] === 0x8b ? gunzipSync : packed.length > 4 && packed.readUInt32LE(0) === zstdMark ? zstd : undefined;
  try {
    return unpack?.(packed, { maxOutputLength: maxUnpackedBytes }).toString('latin1');
  } catch {
    // A file that is not what it is called: nothing is known of it.
    return undefined;
  }
}
const zstdMark = 0xfd2fb528;
const zstd = (zlib as { readonly zstdDecompressSync?: typeof gunzipSync }).zstdDecompressSync;

/** DKMS keeps a link per kernel, `kernel-6.8.0-45-generic-x86_64 -> 550.144.03/6.8.0-45-generic/x86_64`: readable where nothing runs. */
async function dkmsVersion(host: Host, release: string): Promise<string | undefined> {
  for (const architecture of ['x86_64', 'aarch64']) {
    const link = await host.readLink(`/var/lib/dkms/nvidia/kernel-${release}-${architecture}`);
    if (link.outcome === 'link') return link.target.split('/', 1)[0];
  }
  return undefined;
}
