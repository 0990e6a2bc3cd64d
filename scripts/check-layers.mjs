#!/usr/bin/env node
// Checks every import under src/ against the table "who may call whom" (docs/architecture.md), and that each package
// and each part of Node that touches the machine is imported only by the rooms that may. `--root DIR` checks another tree.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** A room is a folder of src/, or a part of one named by its longest prefix here. The values are the rooms it may import. */
const rooms = {
  'tf.ts': [],
  host: [],
  download: [],
  doctor: ['host', 'setup/tables'],
  // Reference data of configs/support, which the doctor judges by and the plans are made with.
  'setup/tables': [],
  setup: ['host', 'doctor', 'download', 'setup/tables'],
  python: ['host'],
  nvidia: [],
  ops: ['tf.ts'],
  // An engine's installer alone may make changes and look for interpreters; see `within`.
  engines: ['ops', 'nvidia', 'tf.ts', 'setup', 'python', 'host'],
  trainer: ['ops', 'tf.ts', 'download'],
  report: [],
  cli: ['*'],
};

/** Every file may import these. */
const everywhere = ['errors.ts', 'nearest-match.ts'];

/** The report knows other rooms by their types alone: such an import leaves no trace in what is built. */
const typesOnly = ['report'];

/** Files that hold nothing but a room's words, which the report may therefore use as values too. */
const vocabularies = ['doctor/finding.ts', 'trainer/contracts.ts'];

/** Narrower than a room: files that match may import these rooms, other files of the room may not. */
const within = [
  {
    room: 'engines',
    imports: ['setup', 'python', 'host'],
    files: /^engines\/(.*\/)?[^/]*(install|python|locate|discover|status)[^/]*(\/.*)?$/,
  },
];

/**
 * Inside the trainer: a part may import parts of its own rank or below, and no two parts import each other. A file of a part may be one of its own: what a
 * config may say is put together from what the parts say of themselves.
 */
const trainerRanks = [
  ['contracts.ts', 'random.ts', 'registry.ts'],
  ['config'],
  ['data', 'models', 'optimizers', 'proposals', 'evaluation', 'hooks', 'visualization', 'weights'],
  ['config/schema.ts'],
  ['engine'],
];
const trainerPart = (path) => trainerRanks.flat().find((part) => path === `trainer/${part}`) ?? path.split('/')[1];

/** Who may import a package. A pattern is matched against the file's path under src/. */
const packages = {
  '#tfjs': /^tf\.ts$/,
  systeminformation: /^host\/live/,
  koffi: /^nvidia\//,
  commander: /^cli\//,
  execa: /^engines\/install\//,
  inquirer: /^cli\//,
  listr2: /^(cli|report)\//,
  diff: /^(setup|report)\//,
  saxes: /^trainer\/data\//,
  sharp: /^trainer\/(data|visualization)\//,
  tar: /^trainer\/data\//,
  yaml: /^(trainer\/config|doctor|setup|cli)\//,
  zod: /^(cli|doctor|download|setup|python|engines|trainer)\//,
  '@tensorflow/tfjs-node': /^engines\/tensorflow\//,
  '@tensorflow/tfjs-node-gpu': /^engines\/tensorflow\//,
};

/** Who may use the parts of Node that touch the machine; the others (path, url, util, crypto, …) are free. */
const builtins = {
  fs: /^(host|download|setup|engines|trainer|cli)\//,
  // The TensorFlow library is loaded in a child first: a crash or a hang stays there.
  child_process: /^(host|engines\/probe|engines\/(tensorflow\/|torch\/)?install)\b/,
  worker_threads: /^(engines|trainer)\//,
  os: /^(host|setup|engines|trainer|cli)\//,
  process: /^cli\//,
  readline: /^cli\//,
  http: null,
  https: null,
  net: null,
  cluster: null,
  vm: null,
};

/** @returns {{files: number, complaints: string[]}} one line per import that the tables forbid */
export function checkLayers(root) {
  const src = join(root, 'src');
  const files = existsSync(src) ? sourceFiles(src) : [];
  const complaints = files.length === 0 ? ['src: no TypeScript file to check'] : [];
  const declared = dependenciesOf(root);
  const arrows = [];
  for (const file of files) {
    const from = relative(src, file);
    if (!everywhere.includes(from) && roomOf(from) === undefined)
      complaints.push(`src/${from}: no row of the table in scripts/check-layers.mjs names this room`);
    for (const found of importsOf(file)) {
      const complain = (what) => complaints.push(`src/${from}:${found.line}: ${what}`);
      if (found.specifier === undefined) {
        if (!from.startsWith('engines/') && !from.startsWith('cli/'))
          complain('only engines and cli may import what is computed at run time');
      } else if (found.specifier.startsWith('.')) {
        const target = resolveRelative(file, found.specifier);
        const to = target === undefined ? undefined : relative(src, target);
        if (to === undefined) complain(`\`${found.specifier}\` names no file`);
        else if (to.startsWith('..')) complain(`\`${found.specifier}\` leaves src/`);
        else {
          const why = forbiddenRoom(from, to, found.typeOnly);
          if (why) complain(why);
          arrows.push({ from: partOf(from), to: partOf(to), at: `src/${from}:${found.line}` });
        }
      } else {
        const why = forbiddenPackage(from, found.specifier, declared);
        if (why) complain(why);
      }
    }
  }
  complaints.push(...cycles(arrows));
  return { files: files.length, complaints };
}

/** Declaration files say what the bundle holds; nothing of them is left in what is built. */
function sourceFiles(directory) {
  return readdirSync(directory, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      return entry.isDirectory() ? sourceFiles(path) : /(?<!\.d)\.m?ts$/.test(entry.name) ? [path] : [];
    })
    .sort();
}

function dependenciesOf(root) {
  const path = join(root, 'package.json');
  if (!existsSync(path)) return undefined;
  const { dependencies = {}, peerDependencies = {}, imports = {} } = JSON.parse(readFileSync(path, 'utf8'));
  return new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies), ...Object.keys(imports)]);
}

/** The longest row of the table that holds a path: a folder under src/, a part of one, or a file at the top. */
const roomOf = (path) => {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/')).find((room) => room in rooms);
};

/** What cycles are looked for between: rooms, and the parts of the trainer. */
const partOf = (path) => (path.startsWith('trainer/') ? `trainer/${trainerPart(path)}` : (roomOf(path) ?? path.split('/')[0]));

function forbiddenRoom(from, to, typeOnly) {
  const [own, other] = [roomOf(from) ?? from.split('/')[0], roomOf(to) ?? to.split('/')[0]];
  if (everywhere.includes(to) || to.endsWith('.d.ts')) return undefined;
  if (own === other) return own === 'trainer' ? forbiddenInTrainer(from, to) : undefined;
  if (everywhere.includes(from)) return `\`${from}\` may import nothing of ours, not \`${to}\``;
  if (typesOnly.includes(own))
    return typeOnly || vocabularies.includes(to) ? undefined : `\`${own}\` may import only types of \`${other}\``;
  const allowed = rooms[own] ?? [];
  if (!allowed.includes(other) && !allowed.includes('*')) return `\`${own}\` may not import \`${other}\``;
  const narrower = within.find((rule) => rule.room === own && rule.imports.includes(other) && !rule.files.test(from));
  // A type of another room is a word, not an act.
  if (narrower && !typeOnly) return `of \`${own}\` only ${narrower.files} may import \`${other}\``;
  return undefined;
}

function forbiddenInTrainer(from, to) {
  const rank = (path) => trainerRanks.findIndex((parts) => parts.includes(trainerPart(path)));
  const unranked = [from, to].find((path) => rank(path) < 0);
  if (unranked) return `the trainer's ranks do not name \`${unranked}\``;
  return rank(from) < rank(to) ? `\`${partOf(from)}\` may not import \`${partOf(to)}\`` : undefined;
}

function forbiddenPackage(from, specifier, declared) {
  const node = specifier.replace(/^node:/, '').split('/')[0];
  if (specifier.startsWith('node:') || builtinModules.includes(node)) {
    if (!specifier.startsWith('node:')) return `write \`node:${specifier}\``;
    if (!(node in builtins)) return undefined;
    return builtins[node]?.test(from) ? undefined : `\`${specifier}\` is not for this file`;
  }
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (!(name in packages)) return `no row of the table in scripts/check-layers.mjs names the package \`${name}\``;
  if (!packages[name].test(from)) return `\`${name}\` is not for this file`;
  if (declared && !declared.has(name) && name !== '@tensorflow/tfjs-node') return `package.json does not list \`${name}\``;
  return undefined;
}

/** Every import, export-from, dynamic import, `import('…')` type and worker URL of a file. */
function importsOf(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found = [];
  const add = (node, specifier, typeOnly) =>
    found.push({ specifier, typeOnly, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1 });
  const text = (node) => (node && ts.isStringLiteralLike(node) ? node.text : undefined);
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) add(node, text(node.moduleSpecifier), onlyTypes(node.importClause));
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) add(node, text(node.moduleSpecifier), node.isTypeOnly);
    else if (ts.isImportTypeNode(node)) add(node, text(node.argument.literal), true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node, text(node.arguments[0]), false);
    else if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'require')
      add(node, text(node.arguments[0]), false);
    else if (ts.isNewExpression(node) && node.expression.getText() === 'URL' && /^\..*\.js$/.test(text(node.arguments?.[0]) ?? ''))
      add(node, text(node.arguments[0]), false);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const onlyTypes = (clause) =>
  clause !== undefined &&
  (clause.isTypeOnly ||
    (clause.name === undefined &&
      clause.namedBindings !== undefined &&
      ts.isNamedImports(clause.namedBindings) &&
      clause.namedBindings.elements.length > 0 &&
      clause.namedBindings.elements.every((element) => element.isTypeOnly)));

function resolveRelative(file, specifier) {
  const path = resolve(dirname(file), specifier);
  const candidates = [path, path.replace(/\.js$/, '.ts'), path.replace(/\.mjs$/, '.mts'), path.replace(/\.js$/, '.d.ts')];
  return candidates.find((candidate) => existsSync(candidate) && basename(candidate).includes('.'));
}

/** One complaint for each pair of parts that reach each other. */
function cycles(arrows) {
  const next = new Map();
  for (const { from, to, at } of arrows) {
    if (from === to) continue;
    if (!next.has(from)) next.set(from, new Map());
    if (!next.get(from).has(to)) next.get(from).set(to, at);
  }
  const pathBetween = (from, to) => {
    const before = new Map([[from, undefined]]);
    for (const part of before.keys()) {
      if (part === to) {
        const path = [];
        for (let step = part; step !== undefined; step = before.get(step)) path.unshift(step);
        return path;
      }
      for (const other of next.get(part)?.keys() ?? []) if (!before.has(other)) before.set(other, part);
    }
    return undefined;
  };
  const seen = new Set();
  const complaints = [];
  for (const [from, targets] of next) {
    for (const [to, at] of targets) {
      const back = pathBetween(to, from);
      const members = back && [...back].sort().join(' ');
      if (!back || seen.has(members)) continue;
      seen.add(members);
      complaints.push(`${at}: a cycle: ${[from, ...back].join(' -> ')}`);
    }
  }
  return complaints;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const at = process.argv.indexOf('--root');
  const root = at < 0 ? dirname(dirname(fileURLToPath(import.meta.url))) : resolve(process.argv[at + 1] ?? '.');
  const { files, complaints } = checkLayers(root);
  for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
  process.stdout.write(`layers: ${files} files, ${complaints.length} complaints\n`);
  process.exitCode = complaints.length === 0 ? 0 : 1;
}
