import { type AptSource, type AptSourcesFile, parseAptSources, parseParagraph, parseSourceLine } from '../../doctor/facts/apt-sources.js';
import type { Distribution } from '../tables/distributions.js';

/** A file of apt's sources with more components than before. */
export interface ChangedSources {
  readonly path: AptSourcesFile['path'];
  readonly text: string;
}

/**
 * Whether `source` is an archive of the distribution itself, or a mirror of it: of one of its suites, at an address that
 * ends like the archive's. Somebody else's repository may have a suite of the same name.
 */
export function isOwnArchive({ uri, suite }: Pick<AptSource, 'uri' | 'suite'>, { id, codename }: Distribution): boolean {
  const suites = [codename, `${codename}-updates`, `${codename}-security`, `${codename}/updates`];
  return suites.includes(suite) && new RegExp(`/${id}(-security|-ports)?/?$|[./]${id}\\.(org|com)(/|$)`).test(uri);
}

/** The components that the distribution's main suite does not offer yet. */
export function missingComponents(files: readonly AptSourcesFile[], distribution: Distribution): readonly string[] {
  const own = files
    .flatMap(parseAptSources)
    .filter((source) => isOwnArchive(source, distribution) && source.suite === distribution.codename);
  const offered = new Set(own.flatMap(({ components }) => components));
  return distribution.components.filter((component) => !offered.has(component));
}

/** Every file that names an archive of the distribution, with all of its components; those that need no change left out. */
export function withComponents(files: readonly AptSourcesFile[], distribution: Distribution): readonly ChangedSources[] {
  return files.flatMap((file) => {
    const text = file.style === 'list' ? withInLines(file.text, distribution) : withInParagraphs(file.text, distribution);
    return text === file.text ? [] : [{ path: file.path, text }];
  });
}

function withInLines(text: string, distribution: Distribution): string {
  return text
    .split('\n')
    .map((line) => {
      const source = parseSourceLine(line);
      if (!source || !isOwnArchive(source, distribution)) return line;
      const more = distribution.components.filter((component) => !source.components.includes(component));
      if (more.length === 0) return line;
      const [, entry, rest] = line.match(/^([^#]*?)(\s*(?:#.*)?)$/)!;
      return `${entry} ${more.join(' ')}${rest}`;
    })
    .join('\n');
}

function withInParagraphs(text: string, distribution: Distribution): string {
  return text
    .split(/(\n[ \t]*\n)/)
    .map((paragraph) => {
      const words = (name: string) => (parseParagraph(paragraph).get(name) ?? '').split(/\s+/).filter(Boolean);
      const own = words('uris').some((uri) => words('suites').some((suite) => isOwnArchive({ uri, suite }, distribution)));
      if (!own || !words('types').includes('deb') || words('enabled')[0] === 'no') return paragraph;
      const more = distribution.components.filter((component) => !words('components').includes(component));
      return more.length === 0 ? paragraph : paragraph.replace(/^(Components:.*?)[ \t]*$/im, `$1 ${more.join(' ')}`);
    })
    .join('');
}
