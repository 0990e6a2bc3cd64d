import { chmodSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { resultFile } from '../../src/cli/result-file.js';

t.test('a file is written whole, over an old one, and nothing is left beside it', async (t) => {
  const folder = t.testdir({ 'report.html': 'old' });
  const file = await resultFile('report.html', '--html', folder);
  await file.write('new');
  t.equal(readFileSync(file.path, 'utf8'), 'new');
  t.same(readdirSync(folder), ['report.html']);
});

t.test('a link is replaced, what it leads to stays', async (t) => {
  const folder = t.testdir({ precious: 'old' });
  symlinkSync('precious', join(folder, 'report.html'));
  await (await resultFile('report.html', '--html', folder)).write('new');
  t.equal(readFileSync(join(folder, 'precious'), 'utf8'), 'old');
  t.equal(readFileSync(join(folder, 'report.html'), 'utf8'), 'new');
});

t.test('what cannot be written is said before there is a result, with the flag that named it', async (t) => {
  const folder = t.testdir({ file: '', inner: {} });
  const wrong = { name: 'UserError', exitCode: 2, hint: /--html/ };
  await t.rejects(resultFile('inner', '--html', folder), { ...wrong, message: /is a folder/ });
  await t.rejects(resultFile('', '--html', folder), wrong);
  await t.rejects(resultFile('no/such/page.html', '--html', folder), { ...wrong, message: /is not a folder/ });
  await t.rejects(resultFile('file/page.html', '--html', folder), wrong);
  const long = await resultFile('x'.repeat(300), '--html', folder);
  await t.rejects(long.write('text'), { ...wrong, message: /too long/ });
  t.same(readdirSync(folder).sort(), ['file', 'inner']);
});

t.test(
  'a folder that may not be written is the user’s to mend',
  { skip: process.getuid?.() === 0 && 'root may write everywhere' },
  async (t) => {
    const folder = t.testdir({});
    chmodSync(folder, 0o500);
    const file = await resultFile('page.html', '--html', folder);
    await t.rejects(file.write('text'), { name: 'UserError', exitCode: 2, message: /permission denied/ });
  },
);
