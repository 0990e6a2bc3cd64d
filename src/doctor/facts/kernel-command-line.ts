import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

export interface KernelParameter {
  readonly name: string;
  readonly value: string | undefined;
}

/** `BOOT_IMAGE=/vmlinuz-6.8.0-45-generic root=UUID=1f2e ro quiet dyndbg="file a.c +p" modprobe.blacklist=nouveau` */
export function parseKernelCommandLine(text: string): readonly KernelParameter[] {
  const words = text.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? [];
  return words.map((word) => {
    const plain = word.replaceAll('"', '');
    const equals = plain.indexOf('=');
    return equals < 0 ? { name: plain, value: undefined } : { name: plain.slice(0, equals), value: plain.slice(equals + 1) };
  });
}

/** What the boot loader told the kernel. */
export const kernelCommandLine: Fact<readonly KernelParameter[]> = {
  name: 'kernelCommandLine',
  async read(host) {
    const answer = await host.read('/proc/cmdline');
    return answer.outcome === 'text' ? known(parseKernelCommandLine(answer.text), '/proc/cmdline') : noFact('/proc/cmdline', answer);
  },
};
