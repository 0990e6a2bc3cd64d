import type { Terminal } from '../../src/cli/terminal.js';

/** A terminal without a person, which keeps what is printed; `more` replaces parts of it. */
export function testTerminal(more: Partial<Terminal> = {}): Terminal & { readonly printed: string[]; readonly said: string[] } {
  const printed: string[] = [];
  const said: string[] = [];
  return {
    env: process.env,
    cwd: process.cwd(),
    signal: new AbortController().signal,
    interactive: false,
    columns: 80,
    out: (text) => void printed.push(text),
    say: (text) => void said.push(text),
    style: (_, text) => text,
    confirm: async () => false,
    choose: async (question) => {
      throw new Error(`Nobody can be asked: ${question}`);
    },
    ...more,
    printed,
    said,
  };
}
