import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

/** The line of /var/log/nvidia-installer.log that says that DKMS took no note of the driver, which the installer ends well with. */
export function parseInstallerLog(text: string): { readonly line: number; readonly text: string } | undefined {
  const lines = text.split('\n');
  const index = lines.findIndex((line) =>
    /Failed to (register the NVIDIA kernel modules with|install the kernel module through) DKMS/.test(line),
  );
  return index < 0 ? undefined : { line: index + 1, text: lines[index]!.trim() };
}

/** What the last `.run` installation said of DKMS; null where it complained of nothing or was not used. */
export const installerLog: Fact<{ readonly line: number; readonly text: string } | null> = {
  name: 'installerLog',
  async read(host) {
    const source = '/var/log/nvidia-installer.log';
    const answer = await host.read(source);
    if (answer.outcome === 'unavailable') return noFact(source, answer);
    return known(answer.outcome === 'text' ? (parseInstallerLog(answer.text) ?? null) : null, source);
  },
};
