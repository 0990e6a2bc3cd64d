import {
  type AptSource,
  type AptSourcesFile,
  parseAptSources,
  parseSourceLine,
  sourcesOfParagraph,
} from '../../doctor/facts/apt-sources.js';
import type { Distribution } from '../tables/distributions.js';

/** A file of apt's sources with more components than before. */
export interface ChangedSources {
  readonly path: AptSourcesFile['path'];
  readonly text: string;
}

type Source = Omit<AptSource, 'file'>;

/**
 * Whether `source` is an archive of the distribution itself, or a mirror of it. Somebody else's repository may have suites
 * and even components of the same names (`https://pkgs.tailscale.com/stable/debian bookworm main`), but then not the
 * archive's place or key.
 */
export function isOwnArchive({ uri, suite, components, signedBy }: Source, { id, codename }: Distribution): boolean {
  if (![codename, `${codename}-updates`, `${codename}-security`, `${codename}/updates`].includes(suite)) return false;
  if (!components.includes('main')) return false;
  const official = { debian: /^[a-z+]+:\/\/([\w.-]+\.)?debian\.org\//, ubuntu: /^[a-z+]+:\/\/([\w.-]+\.)?ubuntu\.com\// }[id];
  if (official?.test(uri)) return true;
  const signedAsArchive = signedBy === undefined || signedBy.includes(`${id}-archive-keyring`);
  return signedAsArchive && new RegExp(`^[a-z+]+://[^/]+/(pub/|linux/|mirrors?/)*${id}(-security|-ports)?/?$`).test(uri);
}

/** The components that a suite of the distribution does not offer yet, in whatever file. */
function missingIn(suite: string, files: readonly AptSourcesFile[], distribution: Distribution): readonly string[] {
  const { codename } = distribution;
  const offered = files
    .flatMap(parseAptSources)
    // A line with `contrib` alone offers that too, so `main` does not matter here.
    .filter((source) => isOwnArchive({ ...source, components: ['main'] }, distribution) && source.suite === suite)
    .flatMap(({ components }) => components);
  // Without the archive's main suite at all, nothing is offered.
  return suite === codename && offered.length === 0
    ? distribution.components
    : distribution.components.filter((each) => !offered.includes(each));
}

/** The components that the distribution's main suite does not offer yet. */
export const missingComponents = (files: readonly AptSourcesFile[], distribution: Distribution): readonly string[] =>
  missingIn(distribution.codename, files, distribution);

/** Every file that names an archive of the distribution, with all of its components; those that need no change left out. */
export function withComponents(files: readonly AptSourcesFile[], distribution: Distribution): readonly ChangedSources[] {
  const missing = (sources: readonly Source[]) => {
    const own = sources.filter((source) => isOwnArchive(source, distribution));
    return [...new Set(own.flatMap(({ suite }) => missingIn(suite, files, distribution)))];
  };
  return files.flatMap(({ path, style, text }) => {
    const changed = style === 'list' ? withInLines(text, missing) : withInParagraphs(text, missing);
    return changed === text ? [] : [{ path, text: changed }];
  });
}

type Missing = (sources: readonly Source[]) => readonly string[];

const withInLines = (text: string, missing: Missing): string =>
  text
    .split('\n')
    .map((line) => {
      const source = parseSourceLine(line);
      const more = source ? missing([source]) : [];
      if (more.length === 0) return line;
      const [, entry, rest] = line.match(/^([^#]*?)(\s*(?:#.*)?)$/)!;
      return `${entry} ${more.join(' ')}${rest}`;
    })
    .join('\n');

const withInParagraphs = (text: string, missing: Missing): string =>
  text
    .split(/(\n[ \t]*\n)/)
    .map((paragraph) => {
      const more = missing(sourcesOfParagraph(paragraph));
      return more.length === 0 ? paragraph : paragraph.replace(/^(Components:.*?)[ \t]*$/im, `$1 ${more.join(' ')}`);
    })
    .join('');
