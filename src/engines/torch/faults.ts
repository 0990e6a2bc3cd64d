import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { mappedLibraries } from '../mapped-libraries.js';
import { isNewEnough, oldestLibtorch } from './install/libtorch-texts.js';
import { readNativeSources } from './install/native-sources.js';
import type { Manifest } from './manifest.js';

/**
 * What keeps an installed addon from being loaded, in one sentence and found without loading anything; undefined where nothing is
 * seen to. Each is mended by installing the engine again.
 */
export async function faultOf(manifest: Manifest): Promise<string | undefined> {
  return (
    (await faultOfLibtorch(manifest)) ??
    faultOfNode(manifest) ??
    (await faultOfAddon(manifest)) ??
    (await faultOfSources(manifest)) ??
    faultOfProcess(manifest, mappedLibraries('libtorch_cpu.so'))
  );
}

async function faultOfLibtorch({ torchVersion, libraries, library }: Manifest): Promise<string | undefined> {
  if (!isNewEnough(torchVersion))
    return `libtorch ${torchVersion} is too old, ${oldestLibtorch} is the oldest that has what the engine calls`;
  const path = join(libraries, 'libtorch_cpu.so');
  const real = await realpath(path).catch(() => undefined);
  const now = real === undefined ? undefined : await stat(real).catch(() => undefined);
  if (now === undefined) return `libtorch ${torchVersion} is gone from \`${libraries}\`, where it was when the addon was built`;
  if (real !== library.path || now.size !== library.bytes || now.mtimeMs !== library.mtimeMs) {
    return `libtorch in \`${libraries}\` was changed after the addon was built against its version ${torchVersion}`;
  }
  return undefined;
}

function faultOfNode({ nodeAbi }: Manifest): string | undefined {
  if (nodeAbi === process.versions.modules) return undefined;
  return `the addon was built for Node.js ABI ${nodeAbi}, and this Node.js (${process.version}) has ABI ${process.versions.modules}`;
}

async function faultOfAddon({ addon, addonBytes, addonSha256 }: Manifest): Promise<string | undefined> {
  const bytes = await readFile(addon).catch(() => undefined);
  if (bytes === undefined) return `the addon \`${addon}\` is gone`;
  if (bytes.length !== addonBytes) return `the addon \`${addon}\` is not whole: ${bytes.length} of ${addonBytes} bytes`;
  if (createHash('sha256').update(bytes).digest('hex') !== addonSha256) return `the addon \`${addon}\` was changed after it was built`;
  return undefined;
}

async function faultOfSources({ sourcesSha256 }: Manifest): Promise<string | undefined> {
  const { sha256 } = await readNativeSources();
  return sha256 === sourcesSha256 ? undefined : 'the addon was built by another version of gpu-setup, from other sources';
}

/** Two of them in one process share names and not state: whichever is called answers for both. `mapped` are the paths of `libtorch_cpu.so` in use. */
export function faultOfProcess({ library }: Manifest, mapped: readonly string[]): string | undefined {
  const other = mapped.find((path) => path !== library.path);
  if (other === undefined) return undefined;
  return `another libtorch, \`${other}\`, is loaded in this process already, and two of them cannot share one`;
}
