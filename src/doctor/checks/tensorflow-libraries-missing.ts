import type { HostPath } from '../../host/host.js';
import type { Facts } from '../fact.js';
import { libraryDirectories } from '../facts/library-links.js';
import { loaderDirectories } from '../facts/loader-directories.js';
import { pythonPackages } from '../facts/python-packages.js';
import type { Check } from '../finding.js';
import { runningDriver } from '../requirements.js';
import { sonamesOf } from '../tensorflow-sonames.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const tensorflowLibrariesMissing: Check = {
  id: 'python/tensorflow-libraries-missing',
  title: 'TensorFlow finds the CUDA libraries that it loads',
  link: 'framework',
  requires: runningDriver,
  about:
    'Looks for the names that TensorFlow’s release loads (libcudart, libcublas, libcudnn) beside it and in the loader’s folders, without loading one. A missing one means `Could not load dynamic library …` and `Skipping registering GPU devices`. A link from another version is no cure.',
  async examine(facts) {
    const frameworks = await facts.of(pythonPackages);
    if (!frameworks.known) return undetermined(frameworks.why);
    const installed = frameworks.value.filter(({ name, cuda }) => name === 'tensorflow' && cuda !== null);
    if (installed.length === 0) return notApplicable('no TensorFlow with CUDA was found');
    const there = await librariesInPath(facts);
    const missing = installed.flatMap(({ version, folder, libraries }) => {
      const needed = sonamesOf(version);
      // Wheels of NVIDIA's libraries lie beside it, and it looks there first.
      const beside = libraries.some((name) => /^nvidia_cudnn/.test(name)) && libraries.some((name) => /^nvidia_cuda_runtime/.test(name));
      const lacks = beside ? [] : needed.filter((soname) => !there.has(soname));
      return lacks.length > 0 ? [{ version, folder, lacks }] : [];
    });
    if (missing.length === 0) return clear('It does', ...installed.map(({ folder, version }) => `${folder}: tensorflow ${version}`));
    return found({
      severity: 'warning',
      summary: `TensorFlow ${missing[0]!.version} does not find ${missing[0]!.lacks.join(', ')}`,
      why: 'It skips the GPU and runs on the CPU, with nothing but a line in its log',
      evidence: missing.map(
        ({ folder, version, lacks }) => `${folder}: tensorflow ${version} loads ${lacks.join(', ')}, which no folder of the loader has`,
      ),
      remedy: {
        summary: 'Install the libraries beside it, of exactly these versions; a link from another version is no cure',
        commands: missing.map(({ version }) => `python3 -m pip install 'tensorflow[and-cuda]==${version}'`),
        automatic: false,
        needs: ['network'],
      },
    });
  },
};

async function librariesInPath(facts: Facts): Promise<ReadonlySet<string>> {
  const configured = await facts.of(loaderDirectories);
  const folders = [...libraryDirectories, ...(configured.known ? configured.value.map(({ directory }) => directory as HostPath) : [])];
  const listings = await Promise.all(folders.map((folder) => facts.host.list(folder)));
  return new Set(listings.flatMap((listing) => (listing.outcome === 'entries' ? listing.names : [])));
}
