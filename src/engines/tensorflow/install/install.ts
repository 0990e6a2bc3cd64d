import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExitCode, UserError } from '../../../errors.js';
import { findCompiler } from '../../install/find-compiler.js';
import { pythonCandidates } from '../../install/find-python.js';
import { inWorkshop } from '../../install/in-workshop.js';
import { makeVenv, venvIsWhole, venvPython } from '../../install/make-venv.js';
import { nvidiaDriverRuns } from '../../install/nvidia-driver.js';
import type { Report } from '../../install/stage.js';
import type { Workshop } from '../../install/tool.js';
import { probe } from '../../probe.js';
import type { EngineSettings } from '../../settings.js';
import { tensorflowFolder } from '../engine.js';
import { type Manifest, manifestPath, readManifest, sha256Of } from '../manifest.js';
import { askPython, type FoundTensorflow } from './ask-python.js';
import { bindingFile, buildBinding } from './build-binding.js';
import { hushFile } from './hush.js';
import { installPackages, packagesInstalled, type TfjsNodeName, tfjsNodeVersion } from './packages.js';

export interface InstallOptions {
  readonly settings: EngineSettings;
  readonly signal: AbortSignal;
  /** The interpreter to take TensorFlow from, and no other. */
  readonly python?: string;
  readonly report: Report;
  /** Asked before TensorFlow itself is fetched; throws or answers false for no. */
  confirm(question: string): Promise<boolean>;
}

/**
 * Installs the `tensorflow` engine: finds or fetches TensorFlow, installs tfjs-node, builds its binding and tries it.
 * What an earlier run did and is still valid is kept. Throws `UserError` (exit code 3, or 2 for a useless `python`).
 */
export async function installTensorflow({ settings, signal, python, report, confirm }: InstallOptions): Promise<Manifest> {
  const folder = tensorflowFolder(settings);
  return inWorkshop({ folder, title: 'engine install tensorflow', settings, signal }, async ({ logFile, ...workshop }) => {
    // Before anything large is fetched in vain.
    if (!(await readManifest(folder)).manifest) await findCompiler(workshop);
    const driver = nvidiaDriverRuns();
    const tensorflow = await findOrFetch({ folder, python, driver, workshop, report, confirm, logFile });
    const name: TfjsNodeName = tensorflow.cuda && driver ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';

    report.begin('npm packages');
    const had = await packagesInstalled(folder, name);
    if (!had) await installPackages(folder, name, workshop, logFile);
    report.end('npm packages', had ? 'found' : 'done', `${name} ${tfjsNodeVersion}`);

    report.begin('binding');
    const old = (await readManifest(folder)).manifest;
    const valid = had && old !== undefined && (await fits(folder, old, tensorflow, name));
    const compiler = valid ? old.binding.compiler : await build(folder, name, tensorflow, workshop, logFile);
    report.end('binding', valid ? 'found' : 'done', `against TensorFlow ${tensorflow.version}, ${compiler}`);

    report.begin('trial');
    const manifest: Manifest = {
      format: 1,
      builtAt: valid ? old.builtAt : new Date().toISOString(),
      tensorflow,
      package: { name, version: tfjsNodeVersion },
      binding: { file: bindingFile, sha256: await sha256Of(join(folder, bindingFile)), compiler },
    };
    const request = { engine: 'tensorflow' as const, folder, manifest, logLevel: settings.tensorflowLogLevel };
    const tried = await probe(request, { env: settings.env, signal });
    if (!tried.works) {
      throw new UserError(`The binding was built but does not work: ${tried.why}`, {
        hint: `see \`${logFile}\``,
        exitCode: ExitCode.failed,
      });
    }
    report.end('trial', 'done', `a convolution on TensorFlow ${tried.version}, ${tried.gpu ? 'GPU' : 'CPU'}`);

    const partial = `${manifestPath(folder)}.partial`;
    await writeFile(partial, `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
    await rename(partial, manifestPath(folder));
    return manifest;
  });
}

/** `tensorflow-cpu`, or the one with CUDA's libraries where a driver runs; for other processors than x86-64 there is one package only. */
const requirementFor = (driver: boolean, arch: string) =>
  driver ? 'tensorflow[and-cuda]' : arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow';

interface Finding {
  readonly folder: string;
  readonly python: string | undefined;
  readonly driver: boolean;
  readonly workshop: Workshop;
  readonly report: Report;
  readonly logFile: string;
  confirm(question: string): Promise<boolean>;
}

/** The interpreter that was named; else our own environment, else any that has a fitting TensorFlow, else a new one of our own. */
async function findOrFetch({ folder, python, driver, workshop, report, confirm, logFile }: Finding): Promise<FoundTensorflow> {
  report.begin('TensorFlow');
  if (python !== undefined) {
    const answer = await askPython(python, workshop);
    if (!answer.found)
      throw new UserError(`\`${python}\` cannot be used: ${answer.why}`, { hint: 'leave out `--python` to have TensorFlow fetched' });
    report.end('TensorFlow', 'found', describe(answer.found));
    return answer.found;
  }
  const candidates = [...((await venvIsWhole(folder)) ? [venvPython(folder)] : []), ...(await pythonCandidates(workshop.env))];
  for (const candidate of candidates) {
    const { found } = await askPython(candidate, workshop);
    // One without CUDA would leave the GPU idle; it is taken only when it is named.
    if (found && (found.cuda || !driver)) {
      report.end('TensorFlow', 'found', describe(found));
      return found;
    }
  }

  const base = candidates.find((candidate) => candidate !== venvPython(folder));
  if (base === undefined) {
    throw new UserError('No Python 3 was found to take TensorFlow from', {
      hint: 'install one (Debian, Ubuntu: `apt-get install python3-venv`) or name one that has TensorFlow: `--python PATH`',
      exitCode: ExitCode.failed,
    });
  }
  const requirement = requirementFor(driver, process.arch);
  const question = `Fetch \`${requirement}\` with pip (${driver ? 'about 3 GB' : 'about 300 MB'}) into \`${join(folder, 'python')}\`?`;
  if (!(await confirm(question))) throw new UserError('Not installed, as you wish', { exitCode: ExitCode.failed });
  const made = await askPython(await makeVenv({ folder, base, pip: [requirement], what: 'TensorFlow', logFile }, workshop), workshop);
  if (!made.found) {
    throw new UserError(`The TensorFlow that pip installed cannot be used: ${made.why}`, {
      hint: `see \`${logFile}\``,
      exitCode: ExitCode.failed,
    });
  }
  report.end('TensorFlow', 'done', describe(made.found));
  return made.found;
}

const describe = ({ distribution, version, python }: FoundTensorflow) => `${distribution} ${version} of \`${python}\``;

async function build(
  folder: string,
  name: TfjsNodeName,
  tensorflow: FoundTensorflow,
  workshop: Workshop,
  logFile: string,
): Promise<string> {
  const { program, version } = await findCompiler(workshop);
  await buildBinding({ folder, name, tensorflow, compiler: program, logFile }, workshop);
  return version;
}

/** Whether the binding that an earlier manifest describes is still there and was built against this very TensorFlow. */
async function fits(folder: string, old: Manifest, tensorflow: FoundTensorflow, name: TfjsNodeName): Promise<boolean> {
  if (old.package.name !== name || old.tensorflow.version !== tensorflow.version || old.tensorflow.libraries !== tensorflow.libraries)
    return false;
  if (!existsSync(join(folder, hushFile))) return false;
  const hash = await sha256Of(join(folder, old.binding.file)).catch(() => undefined);
  return hash === old.binding.sha256;
}
