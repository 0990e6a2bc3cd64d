import type { HostPath } from '../../host/host.js';
import { aptSources, parseAptSources } from '../facts/apt-sources.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const aptLocalRepositoryGone: Check = {
  id: 'host/apt-local-repository-gone',
  title: 'The local CUDA archives that apt names are there',
  link: 'libraries',
  requires: [],
  about:
    'Looks for the folders of `file:/var/cuda-repo-…` and `file:/var/nvidia-driver-local-repo-…` among apt’s sources. Where one is gone, apt ends every update with `File not found`.',
  async examine(facts) {
    const files = await facts.of(aptSources);
    if (!files.known) return undetermined(files.why);
    const local = files.value.flatMap(parseAptSources).flatMap(({ file, uri }) => {
      const [, folder] = uri.match(/^file:(?:\/\/)?(\/\S*(?:cuda|nvidia)\S*)$/) ?? [];
      return folder ? [{ file, folder: folder.replace(/\/+$/, '') as HostPath }] : [];
    });
    if (local.length === 0) return notApplicable('apt names no local archive of NVIDIA’s');
    const looked = await Promise.all(local.map(async (each) => ({ ...each, listing: await facts.host.list(each.folder) })));
    const gone = looked.filter(({ listing }) => listing.outcome === 'absent');
    if (gone.length === 0) return clear('They are there', ...local.map(({ folder }) => folder));
    return found({
      severity: 'warning',
      summary: `apt names ${gone.map(({ folder }) => folder).join(', ')}, which is gone`,
      why: 'Every `apt-get update` ends with an error',
      evidence: gone.map(({ file, folder }) => `${file}: file:${folder}`),
      remedy: { summary: 'Take the entry away', commands: gone.map(({ file }) => `sudo rm ${file}`), automatic: false, needs: ['root'] },
    });
  },
};
