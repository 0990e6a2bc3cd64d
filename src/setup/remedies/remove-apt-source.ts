import { parseAptSources } from '../../doctor/facts/apt-sources.js';
import { step } from '../step.js';
import { removeFile } from '../steps/remove-file.js';
import type { Remedy, RepairGround } from './remedy.js';

/** Removes files of apt's sources that name nothing but a local archive that is gone. */
export const removeAptSource: Remedy = {
  mends: ['host/apt-local-repository-gone'],
  ofKernel: false,
  async mend(ground) {
    const files = await goneAlone(ground);
    if (files.length === 0) return { byHand: 'the entry stands in a file with others' };
    const why = 'The archive that it names is gone, and every `apt-get update` ends with an error';
    return {
      steps: files.map((path, index) =>
        step(
          removeFile,
          { path },
          {
            id: index === 0 ? 'remove-apt-source' : `remove-apt-source-${index + 1}`,
            because: ['host/apt-local-repository-gone'],
            why,
            after: [],
          },
        ),
      ),
    };
  },
};

/** The files all of whose entries are folders that are not there. */
async function goneAlone({ facts, survey: { aptSources: files } }: RepairGround) {
  const gone = [];
  for (const file of files.known ? files.value : []) {
    const sources = parseAptSources(file);
    const folders = sources.map(({ uri }) => uri.match(/^file:(?:\/\/)?(\/\S*(?:cuda|nvidia)\S*)$/)?.[1]);
    const there = await Promise.all(
      folders.map(async (folder) => folder === undefined || (await facts.host.list(folder as `/${string}`)).outcome !== 'absent'),
    );
    if (sources.length > 0 && !there.includes(true)) gone.push(file.path);
  }
  return gone;
}
