import { Listr } from 'listr2';
import { eventLine } from '../report/run-text.js';
import type { RunEvent, StepProgress } from '../setup/run-event.js';
import type { Terminal } from './terminal.js';

/** Shows a run while it goes on. */
export interface StepList {
  tell(event: RunEvent): void;
  /** Something to say in between, which must not spoil what is drawn. */
  note(text: string): void;
  /** Waits until all is drawn. */
  end(): Promise<void>;
}

/** One line for each thing that happens: what a log wants. */
export function plainList({ say }: Pick<Terminal, 'say'>): StepList {
  return {
    tell(event) {
      const line = eventLine(event);
      if (line) say(line);
    },
    note: say,
    end: async () => undefined,
  };
}

const over: readonly StepProgress[] = ['done', 'already-so', 'recovered', 'not-needed', 'failed', 'waits-for-reboot', 'undone'];

/** The part of a task of listr2 that says something below its title. */
interface Speaking {
  output: string;
}

/** The steps as a list whose marks change; for a person at a terminal. What is said beside it appears below the step at hand. */
export function liveList(steps: readonly { readonly id: string; readonly summary: string }[], { say }: Pick<Terminal, 'say'>): StepList {
  const waiting = new Map(steps.map(({ id }) => [id, settlable<RunEvent>()]));
  const afterwards: string[] = [];
  let noted: string | undefined;
  let current: { readonly id: string; readonly task: Speaking } | undefined;
  const show = (words: string | undefined) => {
    const text = [words, noted].filter(Boolean).join('; ');
    if (current && text) current.task.output = text;
  };
  const list = new Listr(
    steps.map(({ id, summary }) => ({
      title: summary,
      task: async (_: unknown, task) => {
        current = { id, task };
        show(undefined);
        const event = await waiting.get(id)!.promise;
        const line = eventLine(event);
        if (event.event === 'ended') task.skip(`${summary}: not reached`);
        else if (event.state === 'failed') throw new Error(line);
        else if (event.state === 'done' || event.state === 'undone') task.title = event.message ? `${summary}: ${event.message}` : summary;
        else task.skip(line);
      },
    })),
    {
      exitOnError: false,
      // Ctrl-C is ours: the step at hand is finished first.
      registerSignalListeners: false,
      rendererOptions: { collapseSkips: true, collapseErrors: false },
    },
  );
  const shown = list.run();
  return {
    tell(event) {
      if (event.event === 'ended') for (const each of waiting.values()) each.resolve(event);
      else if (over.includes(event.state)) waiting.get(event.step)?.resolve(event);
      else if (event.state === 'given-back') afterwards.push(eventLine(event)!);
      else if (event.state === 'running' && event.message !== null && current?.id === event.step) show(event.message);
    },
    note(text) {
      noted = text;
      show(undefined);
    },
    async end() {
      await shown;
      for (const line of afterwards) say(line);
    },
  };
}

function settlable<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
