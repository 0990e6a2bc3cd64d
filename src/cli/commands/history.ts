import { ExitCode } from '../../errors.js';
import { type HistoryEntry, historyText } from '../../report/history-text.js';
import { type Journal, readJournals } from '../../setup/journal.js';
import { lastRun } from '../../setup/journal-record.js';
import type { CliCommand } from '../command.js';
import { stateDirectoryOf } from '../workplace.js';

/** `history`: what was done to this machine. */
export const history: CliCommand = {
  register(program, run) {
    program
      .command('history')
      .description('list the plans that were carried out on this machine, and how each step stands')
      .option('--json', 'print one JSON document')
      .action(
        run(async (terminal, { json }: { readonly json?: boolean }) => {
          const entries = (await readJournals(stateDirectoryOf(terminal))).map(entryOf);
          terminal.out(json ? JSON.stringify({ format: 1, plans: entries }, null, 2) : historyText(entries, terminal.style.bind(terminal)));
          return ExitCode.ok;
        }),
      );
  },
};

function entryOf({ id, directory, plan, continues, records, stateOf }: Journal): HistoryEntry {
  const { run, how } = lastRun(records);
  return {
    id,
    at: records[0]!.at,
    goal: plan.goal,
    madeBy: plan.madeBy,
    continues,
    run,
    how,
    directory,
    steps: plan.steps.map((step) => ({
      id: step.id,
      kind: step.kind,
      summary: step.summary,
      state: stateOf(step.id).state,
    })),
  };
}
