/** Shorter text would be found everywhere. */
export const shortestLiteral = 6;

/** A word of this length is rare enough alone, and no line break can part it. */
const tellingWord = 9;

/**
 * Text of which a log must hold at least one piece for the regular expression `source` to match: for each of its
 * alternatives a long word, or two pieces of which a wrapped line can part only one. Throws where there is none.
 */
export function literalsOf(source: string): readonly string[] {
  return alternativesOf(source).flatMap((runs) => {
    const longest = runs.map((run) => run.trim()).sort((one, other) => other.length - one.length)[0] ?? '';
    if (longest.length < shortestLiteral) throw new Error(`no text of ${shortestLiteral} characters is certain in /${source}/`);
    return piecesOf(longest);
  });
}

function piecesOf(run: string): readonly string[] {
  const words = run.split(/ +/);
  const [word = ''] = [...words].sort((one, other) => other.length - one.length);
  if (word.length >= tellingWord) return [word];
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
