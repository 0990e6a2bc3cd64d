import type { CliCommand } from './command.js';

/** Commands that people wait for at their prompt: they start without the modules of all the others. */
const quick: ReadonlyMap<string, () => Promise<CliCommand>> = new Map([
  ['doctor', async () => (await import('./commands/doctor.js')).doctor],
  ['explain', async () => (await import('./commands/explain.js')).explain],
]);

/** What may stand before the command's name without changing what is done. */
const flags = ['--no-color', '--no-input'];

/** The commands that `argv` (without node and script) can mean: one where its name says so, else all, which the help lists. */
export async function commandsFor(argv: readonly string[]): Promise<readonly CliCommand[]> {
  const load = quick.get(argv.find((word) => !flags.includes(word)) ?? '');
  return load ? [await load()] : (await import('./commands/index.js')).commands;
}
