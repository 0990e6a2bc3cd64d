import { join } from 'node:path';
import { ExitCode, UserError } from '../../../errors.js';
import { lookForCompiler } from '../../install/find-compiler.js';
import { pythonCandidates } from '../../install/find-python.js';
import type { Shop } from '../../install/in-workshop.js';
import { makeVenv, pipInstall, venvPython } from '../../install/make-venv.js';
import { runTool } from '../../install/tool.js';
import { type Apt, aptInstall, findApt, offeredLibtorch, shownApt } from './apt.js';
import { askPython } from './ask-python.js';
import { type Inspection, inspectLibtorch, type Libtorch } from './inspect-libtorch.js';

export interface Fetching {
  readonly engineFolder: string;
  /** Whether an NVIDIA driver runs: then it shall be a CUDA build. */
  readonly driver: boolean;
  readonly shop: Shop;
  /** Throws or answers false for no. */
  confirm(question: string): Promise<boolean>;
}

/** Where PyTorch publishes its builds without CUDA (200 MB); those of the ordinary index carry it on x86-64 (several GB). */
const cpuIndex = 'https://download.pytorch.org/whl/cpu';

/**
 * Brings a libtorch to a machine that has none of use, asking first: the distribution's package where apt may be used and no GPU is
 * to be had, else a wheel of PyTorch in an environment of our own. Throws `UserError` that names what would bring one.
 */
export async function fetchLibtorch({ engineFolder, driver, shop, confirm }: Fetching): Promise<Libtorch> {
  const apt = driver ? undefined : await findApt(shop);
  const version = apt && (await offeredLibtorch(apt, shop));
  if (apt && version !== undefined) return fromApt(apt, version, shop, confirm);

  const base = await interpreterWithVenv(engineFolder, shop);
  if (base === undefined) {
    throw new UserError('No libtorch was found, and no Python 3 with `venv` to fetch one with', {
      hint: `\`apt-get install libtorch-dev\` (Debian 12, Ubuntu 24.04 or newer) brings one, as does any PyTorch: \`--python PATH\` or \`--libtorch DIR\` names it`,
      exitCode: ExitCode.failed,
    });
  }
  const size = driver ? 'with CUDA, about 3 GB' : 'without CUDA, about 200 MB';
  const ask = `Fetch \`torch\` (${size}) with pip into \`${join(engineFolder, 'python')}\`?`;
  if (!(await confirm(ask))) throw declined();
  // Nothing of it is ever imported: without CUDA its dependencies are of no use.
  const pip = driver ? ['torch'] : ['--no-deps', '--extra-index-url', cpuIndex, 'torch'];
  const python = await makeVenv({ folder: engineFolder, base, pip, what: 'PyTorch', logFile: shop.logFile }, shop);
  let made = await askPython(python, shop);
  if (made.found?.cuda && !driver) {
    // The index without CUDA could not be reached: then CUDA's libraries are needed to load it, GPU or not. Pip may choose another torch.
    await pipInstall(python, ['torch'], shop);
    made = await askPython(python, shop);
  }
  return usable(made, 'The torch that pip installed', shop.logFile);
}

async function fromApt(apt: Apt, version: string, shop: Shop, confirm: Fetching['confirm']): Promise<Libtorch> {
  const packages = ['libtorch-dev', ...((await lookForCompiler(shop)) ? [] : ['g++'])];
  if (!(await confirm(`Install libtorch ${version} with \`${shownApt(apt, packages)}\` (about 100 MB)?`))) throw declined();
  await aptInstall(apt, packages, shop, shop.logFile);
  return usable(await inspectLibtorch('/usr'), 'The package `libtorch-dev`', shop.logFile);
}

const declined = () =>
  new UserError('Not installed, as you wish', {
    hint: '`--python PATH` or `--libtorch DIR` names a libtorch that is there already',
    exitCode: ExitCode.failed,
  });

function usable(inspection: Inspection, what: string, logFile: string): Libtorch {
  if (inspection.found) return inspection.found;
  throw new UserError(`${what} cannot be used: ${inspection.why}`, { hint: `see \`${logFile}\``, exitCode: ExitCode.failed });
}

/** The first interpreter that can make an environment; ours cannot make itself. */
async function interpreterWithVenv(engineFolder: string, shop: Shop): Promise<string | undefined> {
  const args = ['-c', 'import venv, ensurepip, sys; sys.exit(sys.version_info < (3, 9))'];
  for (const python of await pythonCandidates(shop.env)) {
    if (python === venvPython(engineFolder)) continue;
    const ran = await runTool({ program: python, args, timeoutMs: 30_000 }, shop);
    if (ran.outcome === 'exited' && ran.code === 0) return python;
  }
  return undefined;
}
