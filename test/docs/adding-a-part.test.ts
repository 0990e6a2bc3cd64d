import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import t from 'tap';

t.setTimeout(600_000);

const page = readFileSync('docs/configs.md', 'utf8');

/** The block of code that comes after the first mention of `path`; an import line is one of the list's file. */
function blockOf(path: string, language: string): string {
  const from = page.indexOf(`\`${path}\``);
  t.ok(from >= 0, `docs/configs.md names ${path}`);
  const start = page.indexOf(`\`\`\`${language}\n`, from) + language.length + 4;
  return page.slice(start, page.indexOf('```', start));
}

t.test('a backbone and a loss by the page alone: one file, one line and one test each', async (t) => {
  const root = t.testdir();
  for (const name of ['src', 'configs', 'package.json', 'tsconfig.json']) cpSync(name, join(root, name), { recursive: true });
  for (const name of ['node_modules', 'dist']) symlinkSync(resolve(name), join(root, name));
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const parts = [
    {
      file: 'src/trainer/models/backbones/plain.ts',
      list: 'src/trainer/models/backbones/index.ts',
      test: 'test/trainer/models/backbones/plain.test.ts',
      name: 'plain',
    },
    {
      file: 'src/trainer/models/box-losses/log-cosh.ts',
      list: 'src/trainer/models/box-losses/index.ts',
      test: 'test/trainer/models/box-losses/log-cosh.test.ts',
      name: 'logCosh',
    },
  ];
  for (const { file, list, test, name } of parts) {
    put(file, blockOf(file, 'ts'));
    put(test, blockOf(test, 'ts'));
    const [before, after] = blockOf(list, 'diff')
      .trim()
      .split('\n')
      .map((line) => line.slice(1)) as [string, string];
    const text = readFileSync(join(root, list), 'utf8');
    t.ok(text.includes(before), `${list} has the line that the page changes`);
    put(list, `import { ${name} } from './${file.split('/').at(-1)!.replace('.ts', '.js')}';\n${text.replace(before, after)}`);
  }
  writeFileSync(
    join(root, 'mine.yaml'),
    '_base_: configs/voc/faster_rcnn_compact.yaml\nmodel:\n  backbone: { _delete_: true, type: plain, channels: 16 }\n  rpn: { boxLoss: { type: log_cosh } }\n',
  );
  put(
    'test/config.test.ts',
    "import t from 'tap';\nimport { readConfig } from '../src/trainer/config/schema.js';\n" +
      "t.test('a config takes both', async (t) => {\n" +
      "  const { config } = await readConfig('mine.yaml', { set: [], shown: 'mine.yaml' });\n" +
      "  t.match(config.model, { backbone: { type: 'plain', channels: 16 }, rpn: { boxLoss: { type: 'log_cosh' } } });\n});\n",
  );
  const tests = [...parts.map(({ test }) => test), 'test/config.test.ts'];
  const loader = resolve('node_modules/@tapjs/typescript/dist/esm/import.mjs');
  for (const test of tests) {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', loader, test], {
      cwd: root,
      encoding: 'utf8',
      timeout: 300_000,
    });
    t.equal(status, 0, `${test}: ${stdout}${stderr}`);
  }
});
