import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { explained, idsOf } from './explained.js';

const folder = 'test/fixtures/logs';
const logs = readdirSync(folder).filter((name) => name.endsWith('.log'));
const expected: Readonly<Record<string, readonly string[]>> = JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8'));

t.same([...logs].sort(), Object.keys(expected).sort(), 'each log has an answer, and each answer a log');

for (const name of logs) {
  t.test(name, async (t) => {
    const bytes = readFileSync(`${folder}/${name}`);
    const explanation = await explained(bytes);
    t.same(idsOf(explanation), expected[name]);
    if (name.startsWith('failing-')) t.ok(explanation.failures.length + explanation.unknownCount > 0, 'it names something');
    const unpacked = bytes.includes(0) ? bytes.filter((byte) => byte !== 0) : bytes;
    const lines = Buffer.from(unpacked).toString('utf8').split('\n');
    for (const { line, text } of [...explanation.failures, ...explanation.unknown])
      t.ok(lines[line - 1]!.includes(text.replaceAll('…', '')), `line ${line} says ${text}`);
    for (const size of [1, 7, 100]) t.same(await explained(bytes, size), explanation, `the same in chunks of ${size}`);
  });
}

t.test('a healthy log has at most what is an error of something else', async (t) => {
  for (const name of logs.filter((each) => each.startsWith('healthy-'))) {
    const { unknown } = await explained(readFileSync(`${folder}/${name}`));
    const ofOthers = /virtualbox|Bad return status|One or more modules failed|_PRT|Xid \(PCI:0000:01:00\): 31/;
    t.same(
      unknown.filter(({ text }) => !ofOthers.test(text)),
      [],
      name,
    );
  }
});
