import { html, type Markup } from './markup.js';
import { pageStyle } from './page-style.js';

export interface Page {
  readonly title: string;
  /** Rules of this page, after those that all pages share. */
  readonly style: string;
  readonly body: Markup;
  /** Forbids the browser whatever lies outside the file; a page that shows pictures by their paths cannot have it. */
  readonly sealed?: boolean;
}

const policy = "default-src 'none'; style-src 'unsafe-inline'";

/** A whole page in one file, in the reader's light or dark, that asks for nothing from elsewhere. */
export function page({ title, style, body, sealed }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${sealed ? html`<meta http-equiv="Content-Security-Policy" content="${{ markup: policy }}">\n` : undefined}<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${{ markup: pageStyle + style }}</style>
</head>
<body>
<main>
${body}
<footer>made by gpu-setup</footer>
</main>
</body>
</html>
`.markup;
}
