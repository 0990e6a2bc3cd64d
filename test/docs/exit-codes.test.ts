import { readFileSync } from 'node:fs';
import t from 'tap';
import { ExitCode } from '../../src/errors.js';

t.test('the page lists exactly the exit codes that there are', async (t) => {
  const rows = [...readFileSync('docs/exit-codes.md', 'utf8').matchAll(/^\|\s*(\d+)\s*\|\s*`(\w+)`\s*\|/gm)];
  t.same(Object.fromEntries(rows.map(([, code, name]) => [name, Number(code)])), ExitCode);
});
