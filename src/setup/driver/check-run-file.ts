import type { Host } from '../../host/host.js';
import type { Reason } from '../plan.js';
import { installerRow, installerUrls } from '../tables/run-installers.js';
import { lookAtRunFile } from './look-at-run-file.js';
import { badRequest } from './obstacles.js';
import type { RunFile } from './request.js';

export interface CheckedRunFile {
  /** Undefined where nobody could look: then what is run is whatever lies there. */
  readonly sha256: string | undefined;
  readonly warnings: readonly string[];
}

/** Looks at an installer before anything changes; answers why it cannot be the one that is meant. `sha256` is what somebody said it has. */
export async function checkRunFile(host: Host, run: RunFile, sha256: string | undefined): Promise<CheckedRunFile | Reason> {
  const { path, version, architecture } = run;
  const again = `load it again: ${installerUrls({ version, architecture: architecture === 'aarch64' ? 'aarch64' : 'x86_64' }, true)[0]}`;
  const status = await host.stat(path);
  if (status.outcome === 'status') {
    if (status.kind !== 'file')
      return badRequest(`\`${path}\` is ${status.kind === 'directory' ? 'a folder' : 'no file'}, and no installer`, again);
    if ((status.mode & 0o002) !== 0)
      return badRequest(
        `Everybody may write \`${path}\`, which would be run as root`,
        'take that permission away (`chmod o-w`), and look that it still is the file you loaded',
      );
  }
  const look = await lookAtRunFile(host, path);
  if (look.outcome === 'absent') {
    return host.origin === 'live'
      ? badRequest(`There is no \`${path}\``, `${again}; or leave \`--run\` out: \`--from run\` downloads one`)
      : { sha256, warnings: [`\`${path}\` could not be looked at: it is not there yet`] };
  }
  if (look.outcome === 'unavailable') {
    return host.origin === 'live'
      ? badRequest(`\`${path}\` cannot be read: ${look.why}`, again)
      : { sha256, warnings: [`\`${path}\` could not be looked at: ${look.why}`] };
  }
  if (sha256 !== undefined && look.sha256 !== sha256)
    return badRequest(`\`${path}\` has the SHA-256 ${look.sha256}, and not ${sha256}`, again);
  if (look.instead) return badRequest(`\`${path}\` is no installer of NVIDIA: it is ${look.instead}`, again);
  if (look.damage) return badRequest(`\`${path}\` cannot be used: ${look.damage}`, again);
  const header = look.header!;
  if (header.version && header.version !== version)
    return badRequest(
      `\`${path}\` is called ${version}, and is driver ${header.version} by its own beginning`,
      `give it its right name, \`NVIDIA-Linux-${header.architecture ?? architecture}-${header.version}.run\``,
    );
  if (header.architecture && header.architecture !== architecture)
    return badRequest(`\`${path}\` is called ${architecture}, and is for ${header.architecture} by its own beginning`, again);
  const known = installerRow(version, architecture);
  return {
    sha256: look.sha256,
    warnings: [
      ...(known && known.sha256 !== look.sha256
        ? [
            `\`${path}\` is whole, and is not the file that NVIDIA has under this name: of that the SHA-256 is ${known.sha256} (${known.source})`,
          ]
        : []),
      ...(header.md5 === undefined && header.crc === undefined
        ? [`\`${path}\` has no checksum in it: whether it is whole does not show`]
        : []),
    ],
  };
}
