import t from 'tap';
import { checks } from '../../src/doctor/checks/index.js';
import { compileSignatures } from '../../src/doctor/explain/compile-signatures.js';
import { signatureGroups, signatures } from '../../src/setup/tables/signatures.js';
import { explained, idsOf } from './explained.js';

const byId = new Map(signatures.map((signature) => [signature.id, signature]));

/** The symptoms of a signature, and theirs. */
function symptomsOf(id: string, seen: Set<string> = new Set()): ReadonlySet<string> {
  for (const symptom of byId.get(id)?.causes ?? []) {
    if (seen.has(symptom)) continue;
    seen.add(symptom);
    symptomsOf(symptom, seen);
  }
  return seen;
}

t.test('there are the 73 signatures, each once', async (t) => {
  t.equal(signatures.length, 73);
  t.equal(byId.size, 73);
  t.equal(signatureGroups.length, 8);
});

t.test('what an entry refers to is there', async (t) => {
  const checkIds = new Set<string>(checks.map(({ id }) => id));
  for (const { id, causes, checks: named, title } of signatures) {
    for (const symptom of causes) t.ok(byId.has(symptom) && symptom !== id, `${id} causes ${symptom}`);
    for (const check of named) t.ok(checkIds.has(check), `${id}: ${check}`);
    t.notMatch(title, /\.$/, id);
    t.notOk(symptomsOf(id).has(id), `${id} is not its own symptom`);
  }
});

t.test('names in braces are captured by a pattern', async (t) => {
  for (const { id, cause, remedy, commands, patterns } of signatures)
    for (const [, name] of [cause, remedy, ...commands].join('\n').matchAll(/\{(\w+)\|/g))
      t.ok(
        patterns.some(({ match }) => match.includes(`(?<${name}>`)),
        `${id}: ${name}`,
      );
});

t.test('every pattern can be found by text that it needs', async (t) => {
  t.doesNotThrow(() => compileSignatures(signatures));
});

for (const { id, title, examples, counterexamples } of signatures) {
  t.test(`${id}: ${title}`, async (t) => {
    for (const example of examples) {
      const explanation = await explained(example);
      const ids = idsOf(explanation);
      t.ok(ids.includes(id), example);
      const strangers = ids.filter((other) => other !== id && !symptomsOf(id).has(other));
      t.same(strangers, [], `nothing else is the cause in ${example}`);
      t.equal(ids[0], id, 'it comes first');
      const { line, text } = explanation.failures[0]!;
      t.ok(example.split('\n')[line - 1]!.includes(text.trim().slice(0, 50)), `line ${line} is the one that is shown`);
      t.notMatch(JSON.stringify(explanation.failures), /\{\w+\|/, 'every name in braces is filled in');
    }
    for (const counterexample of counterexamples) {
      const { failures } = await explained(counterexample);
      t.notOk(
        failures.some((failure) => failure.id === id),
        `not in ${counterexample}`,
      );
    }
  });
}

/** What stands around a message in logs of every kind. */
const dresses: Readonly<Record<string, (line: string, index: number) => string>> = {
  dmesg: (line) => `[ 1234.567890] ${line}`,
  'dmesg -T': (line) => `[Mon Nov 23 09:00:00 2026] ${line}`,
  journal: (line) => `Nov 23 09:00:00 gpu01 kernel: ${line}`,
  'journal -o short-iso': (line) => `2026-11-23T09:00:00+0100 gpu01 app[812]: ${line}`,
  rsyslog: (line) => `2026-11-23T09:00:00.123456+01:00 gpu01 kernel: [ 1234.567890] ${line}`,
  'docker compose': (line) => `trainer-1  | ${line}`,
  'a CI runner': (line) => `2026-11-23T09:00:00.1234567Z ${line}`,
  colours: (line) => `\x1b[01;31m\x1b[K${line.replace(/ /, '\x1b[m\x1b[K ')}\x1b[0m`,
  'a carriage return': (line) => `${line}\r`,
  'a progress bar before it': (line, index) => (index === 0 ? ` 10 %\r 50 %\r100 %\r${line}` : line),
  NULs: (line) => [...line].join('\0'),
};

for (const [name, dress] of Object.entries(dresses)) {
  t.test(`every example is found in ${name}`, async (t) => {
    for (const { id, examples } of signatures)
      for (const example of examples) {
        // Text that has its own prefix is not dressed twice.
        if (/^\S* ?\[ *\d|^[A-Z][a-z]{2} \d|^\d{4}-/.test(example) && !/colours|return|bar|NUL/.test(name)) continue;
        const lines = example.replace(/\n$/, '').split('\n').map(dress).join('\n');
        t.ok(idsOf(await explained(`boot\n${lines}\nend\n`)).includes(id), `${id}: ${lines}`);
      }
  });
}

t.test('a message that was wrapped at any blank is found', async (t) => {
  for (const { id, examples } of signatures) {
    const [example] = examples;
    // The kernel breaks its messages itself, each line with `NVRM:`.
    if (/\n|NVRM:/.test(example!)) continue;
    for (const width of [40, 60, 78]) {
      const wrapped = example!.replace(new RegExp(`(.{1,${width}})(?: +|$)`, 'g'), '$1\n       ').trimEnd();
      // A line that begins with the message cannot be wrapped away from its beginning.
      if (/^(?:Remv|crw)/.test(example!)) continue;
      t.ok(idsOf(await explained(wrapped)).includes(id), `${id} at ${width}: ${wrapped}`);
    }
  }
});

t.test('a message that is only spoken of is no failure', async (t) => {
  for (const { id, examples } of signatures) {
    const line = examples[0]!.split('\n')[0]!.replaceAll('"', '');
    for (const mention of [
      `# ${line}`,
      `// ${line}`,
      `$ grep "${line}" /var/log/syslog`,
      `+ echo "${line}"`,
      `    assert "${line}" in str(error)`,
      `Nov 23 09:00:00 gpu01 sudo[812]:      ada : TTY=pts/0 ; PWD=/root ; USER=root ; COMMAND=/usr/bin/grep "${line}" /var/log/kern.log`,
    ])
      t.notOk(idsOf(await explained(mention)).includes(id), `${id}: ${mention}`);
  }
});
