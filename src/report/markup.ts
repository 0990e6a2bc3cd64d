/** Finished HTML or SVG: the only thing that `html` lets through unescaped. */
export interface Markup {
  readonly markup: string;
}

export type Content = string | number | Markup | readonly Content[] | undefined;

/** A template whose values are escaped, so that no name from a file can be markup. Lists are joined, undefined is nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return { markup: parts.map((part, i) => part + (i < values.length ? render(values[i]) : '')).join('') };
}

function render(content: Content): string {
  if (content === undefined) return '';
  if (typeof content === 'object') return 'markup' in content ? content.markup : content.map(render).join('');
  return String(content).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
