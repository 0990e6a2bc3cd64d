import type { Host, HostPath } from '../../host/host.js';
import { type Fact, type Known, known, unknown } from '../fact.js';

/** One file that apt reads archives from, as it is. */
export interface AptSourcesFile {
  readonly path: HostPath;
  /** `list`: one line each; `sources`: deb822 paragraphs. */
  readonly style: 'list' | 'sources';
  readonly text: string;
}

/** One archive of binary packages. */
export interface AptSource {
  readonly file: HostPath;
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  /** The keyring that it must be signed with; undefined where any that apt trusts will do. */
  readonly signedBy: string | undefined;
}

/** `deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg] http://deb.debian.org/debian bookworm main contrib # note` */
export function parseSourceLine(line: string): Omit<AptSource, 'file'> | undefined {
  const [, options, uri, suite, components] = line.match(/^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)((?:\s+[^\s#]+)*)/) ?? [];
  const signedBy = options?.match(/(?:^|\s)signed-by=(\S+)/)?.[1];
  return uri && suite ? { uri, suite, components: (components ?? '').split(/\s+/).filter(Boolean), signedBy } : undefined;
}

/** The fields of a deb822 paragraph by lower-case name; a line that begins with a space goes on with the field before. */
export function parseParagraph(paragraph: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let last: string | undefined;
  for (const line of paragraph.split('\n').filter((each) => !each.startsWith('#'))) {
    const [, name, value] = line.match(/^([^\s:]+):\s*(.*)$/) ?? [];
    if (name) {
      last = name.toLowerCase();
      fields.set(last, value ?? '');
    } else if (last && /^\s+\S/.test(line)) fields.set(last, `${fields.get(last)} ${line.trim()}`);
  }
  return fields;
}

/** What a file of either style offers; disabled paragraphs and source archives left out. */
export function parseAptSources({ path, style, text }: AptSourcesFile): readonly AptSource[] {
  if (style === 'list')
    return text
      .split('\n')
      .flatMap((line) => parseSourceLine(line) ?? [])
      .map((source) => ({ file: path, ...source }));
  return text.split(/\n[ \t]*\n/).flatMap((paragraph) => sourcesOfParagraph(paragraph).map((source) => ({ file: path, ...source })));
}

/** Each pair of an address and a suite that an enabled paragraph names. */
export function sourcesOfParagraph(paragraph: string): readonly Omit<AptSource, 'file'>[] {
  const fields = parseParagraph(paragraph);
  const words = (name: string) => (fields.get(name) ?? '').split(/\s+/).filter(Boolean);
  if (!words('types').includes('deb') || words('enabled')[0] === 'no') return [];
  const rest = { components: words('components'), signedBy: fields.get('signed-by') || undefined };
  return words('uris').flatMap((uri) => words('suites').map((suite) => ({ uri, suite, ...rest })));
}

/** Every file of apt's sources, /etc/apt/sources.list first. */
export const aptSources: Fact<readonly AptSourcesFile[]> = {
  name: 'aptSources',
  async read(host): Promise<Known<readonly AptSourcesFile[]>> {
    const directory = '/etc/apt/sources.list.d';
    const listing = await host.list(directory);
    if (listing.outcome === 'unavailable') return unknown(`${directory}: ${listing.why}`);
    const names = listing.outcome === 'entries' ? listing.names.filter((name) => /^[\w.-]+\.(list|sources)$/.test(name)) : [];
    const files: AptSourcesFile[] = [];
    for (const path of ['/etc/apt/sources.list', ...names.map((name) => `${directory}/${name}`)] as HostPath[]) {
      const found = await readSources(host, path);
      if (!found.known) return found;
      if (found.value) files.push(found.value);
    }
    return known(files, '/etc/apt');
  },
};

async function readSources(host: Host, path: HostPath): Promise<Known<AptSourcesFile | undefined>> {
  const answer = await host.read(path);
  if (answer.outcome === 'unavailable') return unknown(`${path}: ${answer.why}`);
  if (answer.outcome === 'absent') return known(undefined, path);
  return known({ path, style: path.endsWith('.sources') ? 'sources' : 'list', text: answer.text }, path);
}
