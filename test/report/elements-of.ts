import { SaxesParser } from 'saxes';

/** How many elements of each name a page of ours has: it is XML but for its doctype, its style and the tags that HTML leaves open. */
export function elementsOf(page: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name }) => counts.set(name, (counts.get(name) ?? 0) + 1));
  const xml = page
    .replace(/<!doctype html>/i, '')
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<(meta|img)([^>]*)>/g, '<$1$2/>')
    .replaceAll('<details class="card" open>', '<details class="card">');
  parser.write(xml.trim()).close();
  return counts;
}
