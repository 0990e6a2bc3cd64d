#!/usr/bin/env node
// Writes docs/checks.md out of the list of the doctor's checks, with the failures of logs that each looks for. `--check` writes nothing and fails where the file is older than the list.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importTypeScript } from './import-typescript.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const page = join(root, 'docs/checks.md');
const unknown = process.argv.slice(2).find((word) => word !== '--check');
if (unknown !== undefined) {
  console.error(`error: unknown argument \`${unknown}\`\nhint: the only one is \`--check\``);
  process.exit(2);
}
const { checks, chain, inOrder, linkQuestions, signatures } = await importTypeScript(
  root,
  'check-reference',
  "export { checks } from './src/doctor/checks/index.ts'; export { chain } from './src/doctor/finding.ts'; export { linkQuestions } from './src/report/link-questions.ts'; export { inOrder } from './src/doctor/examine.ts'; export { signatures } from './src/setup/tables/signatures.ts';",
);

const anchor = (id) => `<a id="${id}"></a>`;
const hangsOn = ({ requires, link }) => {
  if (!requires && link !== chain[0]) return 'Hangs on every check of the earlier links.';
  if (!requires?.length) return 'Hangs on nothing.';
  return `Hangs on ${requires.map((id) => `[${id}](#${id})`).join(', ')}.`;
};
const inLogs = (check) => {
  const ids = signatures.filter((signature) => signature.checks.includes(check.id)).map(({ id }) => `[${id}](signatures.md#${id})`);
  return ids.length === 0 ? '' : ` In logs: ${ids.join(', ')}.`;
};
const entry = (check) =>
  `### ${anchor(check.id)}\`${check.id}\`\n\n**${check.title}.** ${check.about}\n\n${hangsOn(check)}${inLogs(check)}\n`;

const sections = chain.flatMap((link) => {
  const here = inOrder(checks).filter((check) => check.link === link);
  const engines =
    link === 'trainer'
      ? [
          `### ${anchor('engine/tensorflow')}${anchor('engine/wasm')}\`engine/NAME\`\n\n**The engine is available.** Each engine says whether it could start, and what would make it available. One is enough to train: only where there is none is it a blocker. Not applicable with \`--host\`.\n\nHangs on nothing.\n`,
        ]
      : [];
  return [`## ${link}: ${linkQuestions[link]}\n`, ...here.map(entry), ...engines];
});

const text = `<!-- Written by scripts/generate-check-reference.mjs out of src/doctor/checks/ and configs/support/signatures/; edit those. -->
# The doctor’s checks

\`gpu-setup doctor\` looks along a chain of causes: ${chain.join(', ')}. The first blocker in it is the _first broken link_;
what hangs on it is \`blocked\`, since it cannot work before that is mended. A check that could not look says \`undetermined\`,
never \`clear\`. Each title below is the healthy state. The ids stay: type them in \`--only\` and \`--skip\`, whole or by their beginnings
(\`--only kernel/\`).

${sections.join('\n')}`;

if (process.argv.includes('--check')) {
  if (readPage() !== text) {
    console.error('docs/checks.md is not what the checks say: run `node scripts/generate-check-reference.mjs`');
    process.exitCode = 1;
  }
} else writeFileSync(page, text);

function readPage() {
  try {
    return readFileSync(page, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
