import { readFileSync } from 'node:fs';
import type { MutableHost } from '../host/host.js';
import { carryOut } from './steps/carry-out.js';

const name = 'gpu-setup-resume.service';
const path = `/etc/systemd/system/${name}` as const;

export interface ResumeUnit {
  /** Program and arguments that go on. */
  readonly argv: readonly string[];
  readonly stateDirectory: string;
  /** The journal to go on with: where it is gone, nothing runs. */
  readonly journal: string;
}

/** Has systemd go on after the next boot; false where this machine has no systemd. */
export async function installResumeUnit(host: MutableHost, { argv, stateDirectory, journal }: ResumeUnit): Promise<boolean> {
  const values: Record<string, string> = {
    journal: specified(journal),
    state: quoted(`GPU_SETUP_STATE_DIR=${stateDirectory}`),
    command: argv.map((word) => quoted(word).replaceAll('$', '$$$$')).join(' '),
  };
  const template = readFileSync(new URL(`../../templates/system/${name}`, import.meta.url), 'utf8');
  // The link of a unit that should be wanted at boot is systemctl's to make, with or without a running systemd.
  if ((await host.ask({ program: 'systemctl', args: ['--version'] })).outcome !== 'exited') return false;
  await host.write(
    path,
    template.replace(/\{(\w+)\}/g, (_, key: string) => values[key]!),
  );
  await carryOut(host, [{ program: 'systemctl', args: ['enable', '--quiet', name] }]);
  return true;
}

/** Takes it away, also where only a part of it is there. */
export async function removeResumeUnit(host: MutableHost): Promise<void> {
  if ((await host.stat(path)).outcome === 'absent') return;
  await carryOut(host, [{ program: 'systemctl', args: ['disable', '--quiet', name] }]);
  await host.remove(path);
}

/** systemd expands `%` everywhere. */
const specified = (text: string) => text.replaceAll('%', '%%');
const quoted = (word: string) => `"${specified(word).replace(/[\\"]/g, '\\$&')}"`;
