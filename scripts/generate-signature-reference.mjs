#!/usr/bin/env node
// Writes docs/signatures.md out of configs/support/signatures. `--check` writes nothing and fails where the file is older than those.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importTypeScript } from './import-typescript.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const page = join(root, 'docs/signatures.md');
const unknown = process.argv.slice(2).find((word) => word !== '--check');
if (unknown !== undefined) {
  console.error(`error: unknown argument \`${unknown}\`\nhint: the only one is \`--check\``);
  process.exit(2);
}
const { signatureGroups } = await importTypeScript(
  root,
  'signature-reference',
  "export { signatureGroups } from './src/setup/tables/signatures.ts';",
);

const groups = {
  kernel: 'The kernel module, its binding and its nodes',
  build: 'Building the module: headers, compiler, DKMS',
  'secure-boot': 'Secure Boot',
  installers: 'Installers that refuse, and mixed installs',
  toolkit: 'Toolkit, compiler, samples',
  runtime: 'States of the CUDA runtime',
  frameworks: 'Frameworks, wheels, conda, Node.js',
  containers: 'Containers and WSL',
};

const anchor = (id) => `<a id="${id}"></a>`;
/** `{name|other words}` stands for what the log says there. */
const plain = (text) => text.replace(/\{(\w+)\|([^}]*)\}/g, (_, _name, other) => other);
const sentence = (text) => (/[.!?]$/.test(text) ? text : `${text}.`);
const fence = (language, text) => `\`\`\`${language}\n${text.replace(/\n+$/, '')}\n\`\`\``;

function entry({ id, title, severity, cause, remedy, commands, causes, checks, sources, examples }) {
  const seen =
    causes.length > 0 ? `Where they are found too, these are its symptoms: ${causes.map((each) => `[${each}](#${each})`).join(', ')}.` : '';
  const asked =
    checks.length > 0
      ? `On a machine the doctor looks for it in ${checks.map((check) => `[${check}](checks.md#${check})`).join(', ')}.`
      : '';
  return [
    `### ${anchor(id)}\`${id}\``,
    `**${title}${severity === 'blocker' ? '' : ` (a ${severity})`}.** ${sentence(plain(cause))}`,
    fence('text', examples[0]),
    `${sentence(plain(remedy))}`,
    ...(commands.length > 0 ? [fence('', commands.map((command) => `$ ${plain(command)}`).join('\n'))] : []),
    ...(seen || asked ? [[seen, asked].filter(Boolean).join(' ')] : []),
    `Sources: ${sources.join('; ')}.`,
  ].join('\n\n');
}

const missing = signatureGroups.find(({ name }) => groups[name] === undefined);
if (missing) throw new Error(`scripts/generate-signature-reference.mjs has no heading for the group \`${missing.name}\``);
const sections = Object.entries(groups).map(([name, heading]) => {
  const { signatures } = signatureGroups.find((group) => group.name === name);
  return [`## ${heading}`, ...signatures.map(entry)].join('\n\n');
});
const count = signatureGroups.reduce((sum, { signatures }) => sum + signatures.length, 0);

const text = `<!-- Written by scripts/generate-signature-reference.mjs out of configs/support/signatures/; edit those. -->
# Failures that \`explain\` knows

\`\`\`
$ gpu-setup explain /var/log/nvidia-installer.log
$ gpu-setup explain --json /var/lib/dkms/nvidia/580.95.05/build/make.log
$ gpu-setup explain -
\`\`\`

It reads the log of an installer, DKMS, make, the kernel, apt, pip, conda, npm, Docker or a framework, also from stdin (\`sudo dmesg | …\`) and packed with
gzip, looks at nothing else, and so works on any machine. It knows ${count} failures. Prefixes of journals, syslog, dmesg, CI and docker compose, colours, progress bars,
wrapped lines, CRLF and UTF-16 make no difference, and what only speaks of a message (a \`grep\`, a comment, a change log) is none.

The first cause comes first: a failure stands behind those that it is a symptom of, and else where the log has it. \`--json\` prints one document:
\`{version, log, failures, unknown, unknownCount, lines, bytes}\`, each failure as \`{id, title, severity, line, text, lines, count, cause, remedy, commands, symptomOf, checks}\`, where \`line\` counts from 1 and
\`text\` is that line. \`unknown\` holds the first five lines that look like errors and that nothing explains, as \`{line, text}\`, and \`unknownCount\` says how many there are.
It ends with 1 where a failure is found that stands in the way of the GPU, with 0 where there is none or only warnings and notes, and with 2 where the log cannot be read.
The ids stay.

${sections.join('\n\n')}
`;

if (process.argv.includes('--check')) {
  if (readPage() !== text) {
    console.error('docs/signatures.md is not what the table says: run `node scripts/generate-signature-reference.mjs`');
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
