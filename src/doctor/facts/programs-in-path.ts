import type { HostPath } from '../../host/host.js';
import { type Fact, known, unknown } from '../fact.js';
import { searchPath } from './search-path.js';

export interface ProgramFile {
  readonly name: string;
  readonly path: HostPath;
}

/** Programs that anything here asks about; the rest of /usr/bin is nobody's business. */
const interesting =
  /^(python[\d.]*|pypy[\d.]*|conda|mamba|micromamba|pyenv|nvcc|gcc|g\+\+(-\d+)?|cc|make|dkms|nvidia-[\w-]+|modinfo|mokutil|apt-get|dnf|Xorg|docker|podman|containerd)$/;

/** Those programs, in the order in which a shell finds them. */
export const programsInPath: Fact<readonly ProgramFile[]> = {
  name: 'programsInPath',
  async read(host, facts) {
    const directories = await facts.of(searchPath);
    if (!directories.known) return directories;
    const found: ProgramFile[] = [];
    let looked = false;
    for (const directory of directories.value) {
      const listing = await host.list(directory);
      if (listing.outcome !== 'unavailable') looked = true;
      if (listing.outcome !== 'entries') continue;
      for (const name of listing.names) if (interesting.test(name)) found.push({ name, path: `${directory}/${name}` as HostPath });
    }
    return looked ? known(found, directories.source) : unknown('no folder of programs could be listed');
  },
};
