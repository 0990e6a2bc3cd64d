/** Shorter text would be found everywhere. */
export const shortestLiteral = 6;

/** Words that logs are full of: a scan that stopped at each of them would be slow. */
const common = new Set(
  `already appear appears archive architecture available before binding blacklist build building cannot checking
  compatible compiler component configuration configured could currently detected development device devices directory
  driver enabled error errors extension failed failure finding firmware following function header headers initialization
  initialize initialized initialising initramfs install installation installed installer installing interface kernel
  libraries library loaded loading longer memory missing module modules network nvidia operation package packages process
  processing reading recommended region register registered registering release request requires restricted running
  server service session signature signed source started status support supported system target unavailable unknown
  unsupported update upgrade version warning without`.split(/\s+/),
);

/** What a log must hold for one alternative of a pattern to match. */
export interface Needs {
  /** One of these is there whole, however the lines are wrapped: what is searched for. */
  readonly pieces: readonly string[];
  /** All of these are there, near each other; the rarest first. */
  readonly words: readonly string[];
}

/**
 * The needs of each alternative of the regular expression `source`, whose pieces are a word that is not common, or two
 * bits of text of which a wrapped line can part only one. An alternative without certain text has no pieces.
 */
export function needsOf(source: string): readonly Needs[] {
  return alternativesOf(source).map((runs) => {
    const words = runs.flatMap(wordsOf).sort((one, other) => rarity(other) - rarity(one));
    const longest = runs.map((run) => run.trim()).sort((one, other) => other.length - one.length)[0] ?? '';
    return { pieces: piecesOf(words[0] ?? '', longest), words: words.slice(0, mostWords) };
  });
}

/** More would not say more. */
const mostWords = 4;

/** Words of a run that no wrapped line parts; what is glued to something else than blanks is part of one all the same. */
const wordsOf = (run: string) => run.split(/ +/).filter(({ length }) => length >= 4);

const isCommon = (word: string) => common.has(word.toLowerCase().replace(/[^a-z]/g, ''));
const rarity = (word: string) => (isCommon(word) ? 0 : 100) + word.length;

function piecesOf(rarest: string, run: string): readonly string[] {
  if (rarest.length >= shortestLiteral && !isCommon(rarest)) return [rarest];
  if (run.length < shortestLiteral) return [];
  const words = run.split(/ +/);
  const middle = Math.ceil(words.length / 2);
  const pieces = [words.slice(0, middle), words.slice(middle)].map(longestPair);
  return pieces.every(({ length }) => length >= shortestLiteral) ? pieces : [run];
}

/** The two neighbours that make the longest text; the word itself where there is one. */
function longestPair(words: readonly string[]): string {
  const pairs = words.length < 2 ? words : words.slice(1).map((word, index) => `${words[index]} ${word}`);
  return [...pairs].sort((one, other) => other.length - one.length)[0] ?? '';
}

/** The runs of plain characters that every match of an alternative holds, for each alternative at the top. */
function alternativesOf(source: string): readonly (readonly string[])[] {
  const alternatives: string[][] = [['']];
  let at = 0;
  const runs = () => alternatives.at(-1)!;
  const breakRun = () => void runs().push('');
  const add = (character: string) => {
    runs()[runs().length - 1] += character;
  };
  while (at < source.length) {
    const character = source[at]!;
    if (character === '|') {
      alternatives.push(['']);
      at += 1;
    } else if (character === '(') {
      breakRun();
      at = endOfGroup(source, at);
    } else if (character === '[') {
      breakRun();
      at = endOfClass(source, at);
    } else if (character === '\\') {
      const escaped = source[at + 1] ?? '';
      if (/[\w]/.test(escaped)) breakRun();
      else add(escaped);
      at += 2;
    } else if (/[?*{+]/.test(character)) {
      // What may be absent is not certain; what may come again ends the run.
      const runNow = runs().at(-1)!;
      if (character !== '+') runs()[runs().length - 1] = runNow.slice(0, -1);
      breakRun();
      at = character === '{' ? source.indexOf('}', at) + 1 : at + 1;
    } else if (/[.^$]/.test(character)) {
      breakRun();
      at += 1;
    } else {
      add(character);
      at += 1;
    }
  }
  return alternatives;
}

function endOfGroup(source: string, start: number): number {
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === '[') at = endOfClass(source, at) - 1;
    else if (source[at] === '(') depth += 1;
    else if (source[at] === ')' && --depth === 0) return at + 1;
  }
  throw new Error(`a group of /${source}/ has no end`);
}

function endOfClass(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === ']') return at + 1;
  }
  throw new Error(`a class of /${source}/ has no end`);
}
