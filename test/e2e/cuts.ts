import type { Test } from 'tap';
import { cutOff, journalLines, toTheEnd } from './cut-off.js';
import type { OverlaySystem } from './overlay-system.js';
import { exceptions } from './test-plan.js';

/**
 * Kills the program at each of `records` of the journal (all of them without), and somewhere behind it, while it applies and
 * while it undoes; then resumes or undoes, and compares the system with one that was never cut off. Prints how many survived.
 */
export async function surviveCuts(
  t: Test,
  system: OverlaySystem,
  file: string,
  { records, lagMs }: { records?: readonly number[]; lagMs: number },
): Promise<void> {
  const tree = () => JSON.stringify([...system.tree(exceptions)].sort(([one], [other]) => (one < other ? -1 : 1)));
  const before = tree();
  const whole = await toTheEnd(system, ['apply', file, '--yes']);
  t.equal(whole.code, 0, 'it is carried out when nobody cuts it off', { stderr: whole.stderr });
  const applied = journalLines(system).length;
  const after = tree();
  t.not(after, before);
  const undone = await toTheEnd(system, ['undo', '--yes']);
  t.equal(undone.code, 0, 'and taken back', { stderr: undone.stderr });
  t.equal(tree(), before, 'and the system is as it was');
  const taken = journalLines(system).length - applied;

  let [made, survived, ended] = [0, 0, 0];
  const judge = (
    what: string,
    cut: { readonly killed: boolean },
    mended: { readonly code: number | null; readonly stderr: string },
    wanted: string,
  ) => {
    const now = tree();
    const good = mended.code === 0 && now === wanted;
    if (!cut.killed) ended++;
    else {
      made++;
      if (good) survived++;
    }
    t.ok(good, what, good ? {} : { stderr: mended.stderr, code: mended.code, now, wanted });
  };
  for (const record of records ?? Array.from({ length: applied }, (_, index) => index + 1)) {
    const lag = record % 2 === 0 ? 0 : Math.random() * lagMs;
    const first = await cutOff(system, ['apply', file, '--yes'], record, lag);
    judge(`apply cut at record ${record}, resumed`, first, await toTheEnd(system, ['resume', '--yes']), after);
    const second = await cutOff(system, ['undo', '--yes'], Math.min(record, taken), lag);
    // An undo that was cut off goes on by either.
    judge(`undo cut at record ${record}, again`, second, await toTheEnd(system, [record % 4 < 2 ? 'undo' : 'resume', '--yes']), before);
    const third = await cutOff(system, ['apply', file, '--yes'], record, lag);
    judge(`apply cut at record ${record}, undone`, third, await toTheEnd(system, ['undo', '--yes']), before);
  }
  t.comment(`cuts survived: ${survived} of ${made}; ${ended} more runs had ended before they could be cut off`);
}
