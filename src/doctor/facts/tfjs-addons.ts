import type { Host, HostPath } from '../../host/host.js';
import { environmentVariable } from '../environment-variable.js';
import { type Fact, known, unknown } from '../fact.js';

/** TensorFlow.js' binding to TensorFlow, as npm installed it for everybody or in the home folder. */
export interface TfjsAddon {
  readonly name: 'tfjs-node' | 'tfjs-node-gpu';
  readonly version: string | undefined;
  readonly folder: HostPath;
  /** The compiled half, `lib/napi-v8/tfjs_binding.node`; null where no folder has one. */
  readonly binding: HostPath | null;
}

const names = ['tfjs-node', 'tfjs-node-gpu'] as const;

/** `"version": "4.22.0"` of a package.json; a file that is no JSON has none. */
export const parsePackageVersion = (text: string): string | undefined => text.match(/"version"\s*:\s*"(\d[\w.+-]{0,63})"/)?.[1];

/** Those of the usual folders of npm; a project's own lie wherever the project lies. */
export const tfjsAddons: Fact<readonly TfjsAddon[]> = {
  name: 'tfjsAddons',
  async read(host) {
    const home = await environmentVariable(host, 'HOME');
    const roots = ['/usr/lib/node_modules', '/usr/local/lib/node_modules', ...(home?.startsWith('/') ? [`${home}/node_modules`] : [])];
    const listings = await Promise.all(roots.map(async (root) => ({ root, listing: await host.list(`${root}/@tensorflow` as HostPath) })));
    if (listings.every(({ listing }) => listing.outcome === 'unavailable')) return unknown('no folder of npm could be listed');
    const found = listings.flatMap(({ root, listing }) =>
      listing.outcome === 'entries' ? names.filter((name) => listing.names.includes(name)).map((name) => ({ root, name })) : [],
    );
    const addons = await Promise.all(found.map(({ root, name }) => look(host, name, `${root}/@tensorflow/${name}` as HostPath)));
    return known(addons, roots.join(', '));
  },
};

async function look(host: Host, name: TfjsAddon['name'], folder: HostPath): Promise<TfjsAddon> {
  const [description, lib] = await Promise.all([host.read(`${folder}/package.json`), host.list(`${folder}/lib`)]);
  const versions = lib.outcome === 'entries' ? lib.names.filter((each) => /^napi-v\d+$/.test(each)) : [];
  let binding: HostPath | null = null;
  for (const each of versions) {
    const listing = await host.list(`${folder}/lib/${each}`);
    if (listing.outcome === 'entries' && listing.names.includes('tfjs_binding.node')) binding = `${folder}/lib/${each}/tfjs_binding.node`;
  }
  return { name, version: description.outcome === 'text' ? parsePackageVersion(description.text) : undefined, folder, binding };
}
