import type { Test } from 'tap';
import { cutOff, journalLines, killRest, toTheEnd } from './cut-off.js';
import type { OverlaySystem } from './overlay-system.js';

/**
 * Kills the program at each of `records` of the journal (all of them without), and somewhere behind it, while it applies and
 * while it undoes; then resumes or undoes, and compares the system with one that was never cut off. Prints how many survived.
 */
export async function surviveCuts(
  t: Test,
  system: OverlaySystem,
  file: string,
  {
    records,
    lagMs,
    tree: take,
    power = false,
  }: {
    readonly records?: readonly number[];
    readonly lagMs: number;
    readonly tree: () => ReadonlyMap<string, string>;
    /** Every second cut ends the programs of the step too, as when the power fails. */
    readonly power?: boolean;
  },
): Promise<void> {
  const tree = () => JSON.stringify([...take()].sort(([one], [other]) => (one < other ? -1 : 1)));
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
    t.ok(good, what, good ? {} : { stderr: mended.stderr, code: mended.code, ...differences(now, wanted) });
  };
  for (const record of records ?? Array.from({ length: applied }, (_, index) => index + 1)) {
    const lag = record % 2 === 0 ? 0 : Math.random() * lagMs;
    const cut = async (args: readonly string[], at: number) => {
      const ran = await cutOff(system, args, at, lag);
      if (power && record % 2 === 1) killRest(system);
      return ran;
    };
    const first = await cut(['apply', file, '--yes'], record);
    judge(`apply cut at record ${record}, resumed`, first, await toTheEnd(system, ['resume', '--yes']), after);
    const second = await cut(['undo', '--yes'], Math.min(record, taken));
    // An undo that was cut off goes on by either.
    judge(`undo cut at record ${record}, again`, second, await toTheEnd(system, [record % 4 < 2 ? 'undo' : 'resume', '--yes']), before);
    const third = await cut(['apply', file, '--yes'], record);
    judge(`apply cut at record ${record}, undone`, third, await toTheEnd(system, ['undo', '--yes']), before);
  }
  t.comment(`cuts survived: ${survived} of ${made}; ${ended} more runs had ended before they could be cut off`);
}

/** The paths by which two trees differ. */
function differences(now: string, wanted: string): { readonly now: unknown; readonly wanted: unknown } {
  const [left, right] = [new Map<string, string>(JSON.parse(now)), new Map<string, string>(JSON.parse(wanted))];
  const only = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>) =>
    Object.fromEntries([...one].filter(([path, what]) => other.get(path) !== what));
  return { now: only(left, right), wanted: only(right, left) };
}
