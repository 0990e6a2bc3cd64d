#!/usr/bin/env node
// Writes docs/checks.md out of the doctor's list of checks, as it is built in dist/. `--check` only says whether it is up to date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const page = join(root, 'docs/checks.md');
const built = (name) => join(root, 'dist', name);

const unknown = process.argv.slice(2).find((word) => word !== '--check');
if (unknown !== undefined) fail(2, `unknown argument \`${unknown}\``, 'the only one is `--check`');
if (!existsSync(built('doctor/checks/index.js'))) fail(2, 'dist/ is not built', 'run `npm run build`');

const { checks } = await import(built('doctor/checks/index.js'));
const { inOrder } = await import(built('doctor/examine.js'));
const { chain } = await import(built('doctor/finding.js'));
const { engineChecks } = await import(built('cli/engine-checks.js'));
const { enginesOf } = await import(built('engines/list.js'));
const { engineSettings } = await import(built('engines/settings.js'));

const all = inOrder([...checks, ...engineChecks(enginesOf(engineSettings({ HOME: '/' })))]);
const text = pageOf(all);
if (!process.argv.includes('--check')) {
  writeFileSync(page, text);
  process.stdout.write(`docs/checks.md: ${all.length} checks\n`);
} else if (!existsSync(page) || readFileSync(page, 'utf8') !== text) {
  fail(1, 'docs/checks.md is not what the list of checks says', 'run `npm run build && node scripts/generate-check-reference.mjs`');
}

function pageOf(list) {
  const links = chain.filter((link) => list.some((check) => check.link === link));
  const parts = links.map((link) => [`## ${link}`, ...list.filter((check) => check.link === link).map(sectionOf)].join('\n\n'));
  return `${[introduction(list.length, links), ...parts].join('\n\n')}\n`;
}

function introduction(count, links) {
  return `# The checks of \`gpu-setup doctor\`

<!-- Written by scripts/generate-check-reference.mjs; change the checks in src/doctor/checks, not this page. -->

${count} checks along a causal chain: ${links.join(' → ')}.
What hangs on a link that is broken is *blocked*: it is not looked at, and the first broken link is what to mend. Ids are
stable: they are typed in \`--only\` and \`--skip\`, whole or by their beginning (\`kernel/\`), and kept in \`--json\`.

| status           | meaning                                                                                    |
| ---------------- | ------------------------------------------------------------------------------------------ |
| \`clear\`          | It is as the title says                                                                    |
| \`found\`          | It is not: a \`blocker\` stands in the way of the GPU, a \`warning\` may soon, a \`note\` does not |
| \`blocked\`        | Not looked at, because it hangs on a blocker                                               |
| \`not-applicable\` | The question makes no sense on this machine                                                |
| \`undetermined\`   | It could not be looked at: no permission, a machine that is only a folder; never an all-clear |
| \`crashed\`        | The check itself failed: a bug of gpu-setup, the others go on                              |`;
}

function sectionOf({ id, title, link, about, requires }) {
  // An anchor of its own: GitHub would drop the slash.
  return [`<a id="${id}"></a>`, `### ${id}`, `**${title}.**`, about, hangsOn(link, requires)].join('\n\n');
}

function hangsOn(link, requires) {
  if (requires?.length === 0 || (requires === undefined && link === chain[0])) return 'Hangs on nothing.';
  if (requires === undefined) return 'Hangs on every check of the earlier links.';
  return `Hangs on ${requires.map((id) => `[${id}](#${id})`).join(', ')}.`;
}

function fail(code, message, hint) {
  process.stderr.write(`error: ${message}\nhint: ${hint}\n`);
  process.exit(code);
}
