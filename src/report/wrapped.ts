/** Breaks `text` between words into lines of at most `width` characters; the later ones begin with `indent`. A longer word stays whole. */
export function wrapped(text: string, { width = 80, indent = '' }: { width?: number; indent?: string } = {}): string {
  const lines: string[] = [];
  let line = '';
  // What the first line begins with is part of the layout.
  const lead = text.match(/^ */)![0];
  for (const word of text.trim().split(/ +/)) {
    const prefix = line === '' ? (lines.length === 0 ? lead : indent) : `${line} `;
    if (line !== '' && prefix.length + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else line = prefix + word;
  }
  return [...lines, line].join('\n');
}
