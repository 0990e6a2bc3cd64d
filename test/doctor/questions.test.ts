import t from 'tap';
import { checks } from '../../src/doctor/checks/index.js';
import { examine } from '../../src/doctor/examine.js';
import { factsOf } from '../../src/doctor/fact.js';
import type { Command, Host } from '../../src/host/host.js';
import { liveHost } from '../../src/host/live-host.js';
import { openHost } from '../../src/host/open-host.js';
import { looks } from './looks.js';

/** Passes questions on, and notes the programs. */
async function programsAsked(host: Host): Promise<readonly Command[]> {
  const commands: Command[] = [];
  const ask = (command: Command) => {
    commands.push(command);
    return host.ask(command);
  };
  await examine(factsOf({ ...host, ask }), { checks });
  return commands;
}
const fixture = (name: string) => openHost(new URL(`../fixtures/hosts/${name}`, import.meta.url).pathname);

t.test('an nvidia-smi that hangs is waited for once', async (t) => {
  const asked = await programsAsked(await fixture('hung-nvidia-smi'));
  t.equal(asked.filter(({ program }) => program === 'nvidia-smi').length, 1);
});

t.test('the doctor runs only programs that look, here and on a healthy GPU server', async (t) => {
  for (const host of [liveHost({ environment: process.env }), await fixture('healthy-server')]) {
    const lines = (await programsAsked(host)).map(({ program, args }) => [program, ...args].join(' '));
    t.ok(lines.length > 5);
    t.same(
      lines.filter((line) => !looks.some((look) => look.test(line))),
      [],
      host.origin,
    );
  }
});
