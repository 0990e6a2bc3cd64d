/** How a paragraph is laid out. */
export interface WrapOptions {
  readonly width?: number;
  /** What the first line begins with, spaces and all. */
  readonly first?: string;
  /** What the later lines begin with. */
  readonly indent?: string;
}

/** Breaks `text` between words into lines of at most `width` characters; a word that is longer stays whole. */
export function wrapped(text: string, { width = 80, first = '', indent = '' }: WrapOptions = {}): string {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line].join('\n');
}
