import type { Host, HostPath } from '../../host/host.js';
import { type Fact, type Known, known, unknown } from '../fact.js';

export interface LogLine {
  /** `/var/log/kern.log:3120`; of a program `dmesg:12` */
  readonly where: string;
  /** Without the time and what else stands before the kernel's own words. */
  readonly text: string;
}

/** What concerns a GPU, its driver or the loading of its modules. */
const concerns = /NVRM|nvidia|nouveau|nova_core|NovaCore|request_mem_region|module with unavailable key|PKCS#7 signature|Lockdown:/i;
/** The first line of each boot. */
const boot = /\bLinux version \d/;
/** Of a log that goes back for weeks the end is what matters. */
const lastBytes = 8 * 1024 * 1024;

/**
 * The lines since the last boot that concern the driver, from
 * `[   12.345678] NVRM: loading …`, `2026-03-01T10:00:00.123456+00:00 gpu1 kernel: [   12.3] NVRM: …` or `Mar  1 10:00:00 gpu1 kernel: NVRM: …`
 */
export function parseKernelLog(text: string, source: string): readonly LogLine[] {
  const lines = text.split('\n');
  const start = Math.max(
    lines.findLastIndex((line) => boot.test(line)),
    0,
  );
  return lines.flatMap((line, index) =>
    index >= start && concerns.test(line) ? [{ where: `${source}:${index + 1}`, text: wordsOf(line) }] : [],
  );
}

const wordsOf = (line: string) =>
  line
    .replace(/^.*?\bkernel:\s*/, '')
    .replace(/^\[\s*\d+\.\d+\]\s*/, '')
    .trim();

/** What the kernel said since its boot: dmesg, the journal, then the log files. */
export const kernelLog: Fact<readonly LogLine[]> = {
  name: 'kernelLog',
  async read(host) {
    const programs = [
      { program: 'dmesg', args: [] },
      { program: 'journalctl', args: ['--dmesg', '--boot', '--no-pager', '--output=short-monotonic', '--quiet'] },
    ];
    for (const command of programs) {
      const answer = await host.ask(command);
      if (answer.outcome === 'exited' && answer.code === 0 && answer.stdout !== '')
        return known(parseKernelLog(answer.stdout, command.program), command.program);
    }
    return fromFiles(host);
  },
};

async function fromFiles(host: Host): Promise<Known<readonly LogLine[]>> {
  const why: string[] = [];
  for (const path of ['/var/log/kern.log', '/var/log/messages', '/var/log/dmesg', '/var/log/syslog'] as HostPath[]) {
    const answer = await host.read(path, 'utf8', lastBytes);
    if (answer.outcome === 'text') return known(parseKernelLog(answer.text, path), path);
    if (answer.outcome === 'unavailable') why.push(`${path}: ${answer.why}`);
  }
  return unknown(
    `the kernel’s log cannot be read (${why[0] ?? 'dmesg and the log files are not there'}); run as root, or join the group adm`,
  );
}
