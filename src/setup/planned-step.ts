import { createTwoFilesPatch } from 'diff';
import type { Host } from '../host/host.js';
import type { PlannedFile, PlannedStep } from './plan.js';
import type { Doneness, FileChange, Step } from './step.js';
import { kindOf } from './step-kinds.js';

/** `step` as `host` would see it now; only asks. */
export async function plannedStep(step: Step<unknown>, host: Host): Promise<PlannedStep> {
  const kind = kindOf(step);
  const { summary, commands, files, risk, needs, undo, proof } = kind.describe(step.params);
  return {
    id: step.id,
    kind: step.kind,
    params: step.params,
    summary,
    why: { words: step.why, findings: step.because },
    after: step.after,
    commands,
    files: await Promise.all(files.map((file) => plannedFile(file, host))),
    risk,
    needs,
    undo,
    proof,
    alreadyDone: asBoolean[await kind.isDone(step.params, host)],
  };
}

const asBoolean: Record<Doneness, boolean | null> = { done: true, 'not-done': false, 'cannot-tell': null };

async function plannedFile({ path, text }: FileChange, host: Host): Promise<PlannedFile> {
  const now = await host.read(path);
  const before = now.outcome === 'text' ? now.text : null;
  if (before === text) return { path, change: 'none', diff: '' };
  const change = now.outcome === 'unavailable' ? 'unknown' : before === null ? 'create' : text === null ? 'delete' : 'modify';
  return { path, change, diff: unifiedDiff(path, before, text) };
}

function unifiedDiff(path: string, before: string | null, after: string | null): string {
  const [old, young] = [before === null ? '/dev/null' : path, after === null ? '/dev/null' : path];
  // The library begins with an index line and a line of `=`, which no patch needs.
  return createTwoFilesPatch(old, young, before ?? '', after ?? '', undefined, undefined, { context: 3 }).replace(/^(Index:.*\n)?=+\n/, '');
}
