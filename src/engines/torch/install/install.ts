import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { ExitCode, UserError } from '../../../errors.js';
import { type Compiler, findCompiler, lookForCompiler } from '../../install/find-compiler.js';
import { inWorkshop, type Shop } from '../../install/in-workshop.js';
import { nvidiaDriverRuns } from '../../install/nvidia-driver.js';
import type { Report } from '../../install/stage.js';
import { probe } from '../../probe.js';
import type { EngineSettings } from '../../settings.js';
import { torchFolder } from '../engine.js';
import { type Manifest, manifestPath, readManifest } from '../manifest.js';
import { aptInstall, findApt, shownApt } from './apt.js';
import { askPython } from './ask-python.js';
import { addonFile, buildAddon } from './build-addon.js';
import { fetchLibtorch } from './fetch-libtorch.js';
import { findLibtorches, preferred } from './find-libtorch.js';
import { inspectLibtorch, type Libtorch } from './inspect-libtorch.js';
import { hashOf, readNativeSources } from './native-sources.js';

export interface InstallOptions {
  readonly settings: EngineSettings;
  readonly signal: AbortSignal;
  /** The interpreter whose torch is used, and no other. */
  readonly python?: string;
  /** An unpacked LibTorch archive or a prefix with one, and no other. */
  readonly libtorch?: string;
  readonly report: Report;
  /** Asked before anything is fetched; throws or answers false for no. */
  confirm(question: string): Promise<boolean>;
}

/**
 * Installs the `torch` engine: finds or fetches a libtorch, builds the addon against it and tries it in a child process.
 * A build that is there and still valid is used again. Throws `UserError` (exit code 3, or 2 for a useless `python` or `libtorch`).
 */
export async function installTorch({ settings, signal, python, libtorch, report, confirm }: InstallOptions): Promise<Manifest> {
  if (python !== undefined && libtorch !== undefined) throw new UserError('`--python` and `--libtorch` exclude each other');
  const folder = torchFolder(settings);
  return inWorkshop({ folder, title: 'engine install torch', settings, signal }, async (shop) => {
    report.begin('libtorch');
    const used = await chooseLibtorch({ folder, python, libtorch, shop, confirm });
    report.end('libtorch', used.how, describe(used.libtorch));

    report.begin('addon');
    const sources = await readNativeSources();
    const build = join(folder, 'builds', buildKey(used.libtorch));
    await mkdir(build, { recursive: true });
    const had = await usableBuild(build, folder, used.libtorch, sources.sha256);
    let manifest = had;
    if (manifest === undefined) {
      const compiler = await compilerOrFetch(shop, confirm);
      await buildAddon({ folder: build, libtorch: used.libtorch, sources, compiler, logFile: shop.logFile }, shop);
      manifest = await manifestOf(build, used.libtorch, compiler, sources.sha256);
    }
    report.end('addon', had ? 'found' : 'done', `for Node.js ABI ${manifest.nodeAbi}, ${manifest.compiler}`);

    report.begin('trial');
    const tried = await probe({ engine: 'torch', manifest }, { env: settings.env, signal });
    if (!tried.works) {
      throw new UserError(`The addon was built but does not work: ${tried.why}`, {
        hint: `see \`${shop.logFile}\``,
        exitCode: ExitCode.failed,
      });
    }
    report.end('trial', 'done', `a convolution on libtorch ${tried.version}, ${tried.gpu ? 'GPU' : 'CPU'}`);

    const relativeAddon = { ...manifest, addon: relative(folder, manifest.addon) };
    for (const place of [build, folder]) await writeWhole(manifestPath(place), `${JSON.stringify(relativeAddon, null, 2)}\n`);
    return manifest;
  });
}

interface Choosing {
  readonly folder: string;
  readonly python: string | undefined;
  readonly libtorch: string | undefined;
  readonly shop: Shop;
  confirm(question: string): Promise<boolean>;
}

async function chooseLibtorch({
  folder,
  python,
  libtorch,
  shop,
  confirm,
}: Choosing): Promise<{ libtorch: Libtorch; how: 'done' | 'found' }> {
  if (python !== undefined || libtorch !== undefined) {
    const inspection = python !== undefined ? await askPython(python, shop) : await inspectLibtorch(resolve(libtorch!));
    if (inspection.found) return { libtorch: inspection.found, how: 'found' };
    throw new UserError(`\`${python ?? libtorch}\` cannot be used: ${inspection.why}`, {
      hint: 'leave it out to have a libtorch of this machine looked for',
    });
  }
  const driver = nvidiaDriverRuns();
  const before = await usedBefore(folder);
  if (before && (before.cuda || !driver)) return { libtorch: before, how: 'found' };
  const { usable, refused } = await findLibtorches(folder, shop);
  const best = preferred(usable, driver);
  if (best && (best.cuda || !driver)) return { libtorch: best, how: 'found' };
  for (const { place, why } of refused) shop.log.write(`# \`${place}\` is not used: ${why}\n`);
  try {
    // Before anything large is fetched in vain; where apt may be used it brings a compiler along.
    if (!(await findApt(shop))) await findCompiler(shop);
    return { libtorch: await fetchLibtorch({ engineFolder: folder, driver, shop, confirm }), how: 'done' };
  } catch (error) {
    signalOf(shop);
    // The GPU stays idle, but something trains: better than a refusal where nobody can be asked or nothing fetched.
    if (best && error instanceof UserError) return { libtorch: best, how: 'found' };
    const first = refused[0];
    if (!first || !(error instanceof UserError)) throw error;
    throw new UserError(`${error.message} (\`${first.place}\` cannot be used: ${first.why})`, {
      exitCode: error.exitCode,
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
}

/** The libtorch of the engine that is installed, as it is now: running the installation again does not go over to another one. */
async function usedBefore(folder: string): Promise<Libtorch | undefined> {
  const { manifest } = await readManifest(folder);
  return manifest && (await inspectLibtorch(manifest.torchRoot, manifest.python)).found;
}

/** An interruption is no answer. */
const signalOf = ({ signal }: Shop) => signal.throwIfAborted();

async function compilerOrFetch(shop: Shop, confirm: InstallOptions['confirm']): Promise<Compiler> {
  const found = await lookForCompiler(shop);
  if (found) return found;
  const apt = shop.env.CXX ? undefined : await findApt(shop);
  if (apt && (await confirm(`Install a C++ compiler with \`${shownApt(apt, ['g++'])}\`?`)))
    await aptInstall(apt, ['g++'], shop, shop.logFile);
  return findCompiler(shop);
}

const describe = ({ version, root, cuda }: Libtorch) => `${version} of \`${root}\`${cuda ? ', with CUDA' : ''}`;

/** One folder for each libtorch (its place, version and file) and Node.js ABI: `2.13.0+cpu-1f0c27ab-node115`. */
function buildKey({ version, library: { path, bytes, mtimeMs } }: Libtorch): string {
  return `${version}-${hashOf([path, version, String(bytes), String(mtimeMs)]).slice(0, 8)}-node${process.versions.modules}`;
}

/** The manifest of an earlier build of the same key, where its addon is whole and made of the same sources. */
async function usableBuild(build: string, folder: string, libtorch: Libtorch, sourcesSha256: string): Promise<Manifest | undefined> {
  const { manifest } = await readManifest(build, folder);
  if (!manifest || manifest.sourcesSha256 !== sourcesSha256 || manifest.libraries !== libtorch.libraries) return undefined;
  if (!existsSync(manifest.addon)) return undefined;
  return (await sha256Of(manifest.addon)) === manifest.addonSha256 ? manifest : undefined;
}

async function manifestOf(build: string, libtorch: Libtorch, compiler: Compiler, sourcesSha256: string): Promise<Manifest> {
  const addon = join(build, addonFile);
  return {
    format: 1,
    builtAt: new Date().toISOString(),
    torchVersion: libtorch.version,
    torchRoot: libtorch.root,
    libraries: libtorch.libraries,
    library: libtorch.library,
    cxx11Abi: libtorch.cxx11Abi,
    cuda: libtorch.cuda,
    nodeAbi: process.versions.modules,
    addon,
    addonBytes: (await stat(addon)).size,
    addonSha256: await sha256Of(addon),
    sourcesSha256,
    compiler: compiler.version,
    ...(libtorch.python === undefined ? {} : { python: libtorch.python }),
  };
}

const sha256Of = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.partial`, text, { flush: true });
  await rename(`${path}.partial`, path);
}
