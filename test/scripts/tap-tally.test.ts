import { spawnSync } from 'node:child_process';
import t from 'tap';

interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly files: readonly { name: string; ok: boolean; skip: boolean; passed: number; failed: number; skipped: number; lines: string[] }[];
}

/** Feeds TAP to the counter that scripts/test uses, as it would come from tap. */
function tally(text: string): Tally {
  const program = `
    import { TapTally } from './scripts/tap-tally.mjs';
    const tally = new TapTally();
    for (const line of process.argv[1].split('\\n')) tally.line(line);
    console.log(JSON.stringify(tally));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program, text], { encoding: 'utf8' });
  if (stderr) throw new Error(stderr);
  return JSON.parse(stdout);
}

t.test('assertions count, the subtests and files around them do not', async (t) => {
  const { passed, failed, skipped, files } = tally(`TAP version 14
1..1
# Subtest: test/a.test.ts
    # Subtest: one
        ok 1 - should be equal
        ok 2 - should be equal
        1..2
    ok 1 - one # time=9.063ms
    # Subtest: a property, which asserts by throwing
        1..0
    ok 2 - a property, which asserts by throwing # time=7.3ms
    ok 3 - not on this machine # SKIP no GPU
    1..3
ok 1 - test/a.test.ts # time=47.802ms
`);
  t.same({ passed, failed, skipped }, { passed: 3, failed: 0, skipped: 1 });
  t.match(files, [{ name: 'test/a.test.ts', ok: true, passed: 3, skipped: 1 }]);
});

t.test('a failed assertion counts once, whatever hangs on it', async (t) => {
  const { passed, failed } = tally(`# Subtest: test/a.test.ts
    # Subtest: one
        ok 1 - should be equal
        not ok 2 - should be equal
          ---
          diff: |
            --- expected
            +++ actual
            not ok 7 - quoted
          ok 8 - quoted
          ...
        1..2
    not ok 1 - one # time=34.381ms
      ---
      source: |
        ok 1 - quoted
      ...
    1..1
not ok 1 - test/a.test.ts # time=52.823ms
  ---
  exitCode: 1
  ...
`);
  t.same({ passed, failed }, { passed: 1, failed: 1 });
});

t.test('a file that crashes, or holds no test, has failed', async (t) => {
  const { passed, failed, skipped, files } = tally(`# Subtest: test/crash.test.ts
    ok 1 - before
    ok said by the program itself
    # test count(1) != plan(null)
not ok 1 - test/crash.test.ts # time=886.212ms
# Subtest: test/empty.test.ts
    1..0 # no tests found
ok 2 - test/empty.test.ts # SKIP no tests found
# Subtest: test/elsewhere.test.ts
    1..0 # needs ../shared
ok 3 - test/elsewhere.test.ts # SKIP needs ../shared
`);
  t.same({ passed, failed, skipped }, { passed: 1, failed: 2, skipped: 1 });
  t.same(
    files.map(({ ok, skip }) => [ok, skip]),
    [
      [false, false],
      [false, true],
      [true, true],
    ],
  );
});
