import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ExitCode, UserError } from '../../../errors.js';
import { stageFailed } from '../../install/stage.js';
import { runTool, type Workshop } from '../../install/tool.js';
import { emptyPackage, packageFolder, tfjsShim } from './shim.js';

export const tfjsNodeVersion = '4.22.0';
export type TfjsNodeName = '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu';

/** What tfjs-node's kernels and backend do not load: its download script's tools, its file and TensorBoard parts. */
const notNeeded = ['@mapbox/node-pre-gyp', 'adm-zip', 'https-proxy-agent', 'progress', 'rimraf', 'tar'];

/** The package.json of the engine's own npm folder; with these overrides nothing is installed that is not loaded. */
const packageJson = (name: TfjsNodeName) => ({
  name: 'gpu-setup-engine-tensorflow',
  version: '1.0.0',
  private: true,
  license: 'MIT',
  dependencies: {
    [name]: tfjsNodeVersion,
    'google-protobuf': '^3.21.4',
    'node-api-headers': '^1.5.0',
    '@tensorflow/tfjs': 'file:tfjs',
    '@tensorflow/tfjs-core': 'file:tfjs',
    ...Object.fromEntries(notNeeded.map((dependency) => [dependency, 'file:empty'])),
  },
  overrides: Object.fromEntries(
    ['@tensorflow/tfjs', '@tensorflow/tfjs-core', 'google-protobuf', ...notNeeded].map((dependency) => [dependency, `$${dependency}`]),
  ),
});

/** Whether the npm folder of an engine is the one that `installPackages` would make. */
export async function packagesInstalled(folder: string, name: TfjsNodeName): Promise<boolean> {
  const text = await readFile(join(folder, packageFolder, 'package.json'), 'utf8').catch(() => undefined);
  return text === textOf(name);
}

/** Installs tfjs-node, without running its download script, and Node's headers into `folder`; all of it or nothing. */
export async function installPackages(folder: string, name: TfjsNodeName, workshop: Workshop, logFile: string): Promise<void> {
  const whole = join(folder, packageFolder);
  const partial = `${whole}.partial`;
  await rm(partial, { recursive: true, force: true });
  await writeFiles(partial, { 'package.json': textOf(name) });
  await writeFiles(join(partial, 'tfjs'), tfjsShim);
  await writeFiles(join(partial, 'empty'), emptyPackage);
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  const args = ['install', '--ignore-scripts', '--omit=dev', '--prefer-offline', '--fetch-retries=1', '--fetch-timeout=60000', ...quiet];
  const ran = await runTool({ program: 'npm', args, cwd: partial, timeoutMs: 5 * 60_000 }, workshop);
  if (ran.outcome === 'absent') {
    throw new UserError('`npm` is not in PATH', {
      hint: 'it comes with Node.js; on Debian and Ubuntu `apt-get install npm`',
      exitCode: ExitCode.failed,
    });
  }
  if (ran.outcome === 'timed-out' || ran.code !== 0) {
    throw stageFailed(
      `npm's installation of \`${name}\``,
      ran,
      'see whether the npm registry can be reached, and run the command again',
      logFile,
    );
  }
  await rm(whole, { recursive: true, force: true });
  await rename(partial, whole);
}

const textOf = (name: TfjsNodeName) => `${JSON.stringify(packageJson(name), null, 2)}\n`;

async function writeFiles(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}
