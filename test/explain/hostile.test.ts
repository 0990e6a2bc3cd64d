import fc from 'fast-check';
import t from 'tap';
import { signatures } from '../../src/setup/tables/signatures.js';
import { explained, idsOf } from './explained.js';

const failure = "modprobe: ERROR: could not insert 'nvidia': Key was rejected by service";

t.test('an empty log', async (t) => {
  t.same(await explained(''), { failures: [], unknown: [], unknownCount: 0, lines: 0, bytes: 0 });
});

t.test('lines are counted by line feeds alone', async (t) => {
  for (const [text, lines, line] of [
    [`${failure}`, 1, 1],
    [`\n\n${failure}\n`, 3, 3],
    [`a\r\nb\r\n${failure}\r\n`, 3, 3],
    [`10 %\r20 %\r${failure}\r\nend`, 2, 1],
    [`\0\0\n\x1b[31m\n${failure}`, 3, 3],
    [`\xff\xfe\n\x80\x81\n${failure}\n`, 3, 3],
  ] as const) {
    const explanation = await explained(Buffer.from(text, 'latin1'));
    t.equal(explanation.lines, lines, JSON.stringify(text));
    t.equal(explanation.failures[0]?.line, line, JSON.stringify(text));
  }
});

t.test('what is shown holds neither colours nor what a progress bar overwrote', async (t) => {
  const { failures } = await explained(`10 %\r20 %\r\x1b[31m${failure}\x1b[0m\r\n`);
  t.equal(failures[0]?.text, failure);
});

t.test('a colour in the middle of a message, a title, and a sequence that never ends', async (t) => {
  for (const text of [
    failure.replace('Key was', '\x1b[1mKey\x1b[22m \x1b]0;title\x07was'),
    failure.replace('service', '\x1b]8;;http://example.org\x1b\\service\x1b]8;;\x1b\\'),
    `\x1b[38;5;\n${failure}`,
    `\x1b]0;never ended\n${failure}`,
    `\x1b(B${failure}`,
  ])
    t.same(idsOf(await explained(text)), ['sb-rejected'], JSON.stringify(text));
});

t.test('a line of megabytes is looked through, and shown in part', async (t) => {
  const { failures } = await explained(`${'x'.repeat(3e6)} ${failure} ${'y'.repeat(3e6)}`, 65_536);
  t.equal(failures[0]?.line, 1);
  t.ok(failures[0]!.text.includes('could not insert'));
  t.ok(failures[0]!.text.length < 500);
});

t.test('many places are counted, and only the first ones kept', async (t) => {
  const { failures, unknownCount } = await explained(`${failure}\n`.repeat(5000));
  t.match(failures, [{ id: 'sb-rejected', line: 1, count: 1000 }]);
  t.same(failures[0]!.lines, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  t.equal(unknownCount, 0, 'what is no longer counted is explained all the same');
});

t.test('errors that nothing explains are shown, no text twice, and counted', async (t) => {
  const lines = Array.from({ length: 40 }, (_, index) => `error: number ${index % 20}`);
  const { failures, unknown, unknownCount } = await explained(lines.join('\n'));
  t.same(failures, []);
  t.same(
    unknown.map(({ line }) => line),
    [1, 2, 3, 4, 5],
  );
  t.equal(unknownCount, 40);
});

t.test('a flood on one line ends soon', async (t) => {
  const started = performance.now();
  for (const piece of [
    'fallen off ',
    'failed=0 ',
    'error: ',
    'Nouveau kernel driver is currently in use ',
    `${failure} `,
    '\x1b[31m',
    '\r',
    'NVRM: ',
  ])
    await explained(piece.repeat(2e6 / piece.length), 65_536);
  t.ok(performance.now() - started < 30_000);
});

/** Bits of logs that begin, break and end messages. */
const bits = fc.oneof(
  fc.constantFrom(...signatures.flatMap(({ examples }) => examples)),
  fc.constantFrom(
    '\n',
    '\r\n',
    '\r',
    '\0',
    '\x1b[31m',
    '\x1b[',
    '\x1b]0;',
    '\x07',
    ' ',
    '\xff',
    '# ',
    'error: ',
    'Failed ',
    'NVRM: ',
    '[   1.0] ',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const log = fc.array(bits, { maxLength: 30 }).map((parts) => Buffer.from(parts.join('')));

t.test('where chunks end changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(log, fc.integer({ min: 1, max: 97 }), fc.integer({ min: 98, max: 40_000 }), async (bytes, small, large) => {
      const whole = JSON.stringify(await explained(bytes));
      return JSON.stringify(await explained(bytes, small)) === whole && JSON.stringify(await explained(bytes, large)) === whole;
    }),
    { numRuns: 150 },
  );
});

t.test('the same far from the beginning, where the window moves', async () => {
  await fc.assert(
    fc.asyncProperty(log, fc.integer({ min: 3000, max: 30_000 }), fc.integer({ min: 500, max: 40_000 }), async (bytes, before, size) => {
      const far = Buffer.concat([Buffer.alloc(before, 'x'), bytes, Buffer.alloc(before, 'y\n'), bytes]);
      return JSON.stringify(await explained(far, size)) === JSON.stringify(await explained(far));
    }),
    { numRuns: 100 },
  );
});

t.test('no bytes make it fail, and every line that it names is in the log', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array({ maxLength: 4000 }).map((bytes) => Buffer.from(bytes)),
        log,
      ),
      async (bytes) => {
        const { failures, unknown, lines } = await explained(bytes);
        return [...failures, ...unknown].every(({ line }) => line >= 1 && line <= lines);
      },
    ),
    { numRuns: 200 },
  );
});
