import { z } from 'zod';
import type { Command, Host, HostPath } from '../../host/host.js';
import type { StepKind } from '../step.js';
import { carryOut } from './carry-out.js';
import { hostPath, plainName } from './host-path.js';
import { kernelParameter } from './kernel-parameters.js';

interface Params {
  readonly tool: 'update-grub' | 'grub-mkconfig' | 'grub2-mkconfig' | 'kernel-install';
  /** The file that GRUB reads; null where entries are files of their own. */
  readonly menu: HostPath | null;
  readonly kernels: readonly string[];
  /** Parameters that each kernel is started with afterwards. */
  readonly holds: readonly string[];
  readonly lacks: readonly string[];
}

/** Makes the boot menu anew: what /etc/default/grub or /etc/kernel/cmdline says counts only then. */
export const updateBootMenu: StepKind<Params> = {
  kind: 'update-boot-menu',
  params: z.strictObject({
    tool: z.enum(['update-grub', 'grub-mkconfig', 'grub2-mkconfig', 'kernel-install']),
    menu: hostPath.nullable(),
    kernels: z.array(plainName).min(1),
    holds: z.array(kernelParameter),
    lacks: z.array(kernelParameter),
  }),
  describe: (params) => ({
    summary: 'Make the boot menu anew',
    commands: commandsOf(params),
    files: [],
    risk: 'reversible',
    needs: ['root'],
    undo: { words: 'Make it again after the other steps are undone', commands: commandsOf(params) },
    proof: [
      {
        ...(params.menu ? { file: params.menu } : { file: '/boot/loader/entries' as const }),
        expect: [
          'starts every kernel',
          ...(params.holds.length > 0 ? [`with ${params.holds.join(' ')}`] : []),
          ...(params.lacks.length > 0 ? [`without ${params.lacks.join(' ')}`] : []),
        ].join(' '),
      },
    ],
  }),
  async isDone({ menu, kernels, holds, lacks }, host) {
    const lines = menu ? await linesOfMenu(host, menu) : await linesOfEntries(host, kernels);
    if (!lines || lines.length === 0) return 'cannot-tell';
    return lines.every((words) => holds.every((word) => words.includes(word)) && !lacks.some((word) => words.includes(word)))
      ? 'done'
      : 'not-done';
  },
  change: {
    undoLast: true,
    before: async () => null,
    async apply(params, _, host) {
      await carryOut(host, commandsOf(params));
    },
    async undo(params, _, host) {
      await carryOut(host, commandsOf(params));
      return undefined;
    },
  },
};

function commandsOf({ tool, menu, kernels }: Params): readonly Command[] {
  if (tool === 'kernel-install')
    return kernels.map((kernel) => ({
      program: 'kernel-install',
      args: ['add', kernel, `/boot/vmlinuz-${kernel}`],
      timeoutMs: 15 * 60_000,
    }));
  return [{ program: tool, args: tool === 'update-grub' ? [] : ['-o', menu ?? '/boot/grub/grub.cfg'], timeoutMs: 5 * 60_000 }];
}

async function linesOfMenu(host: Host, menu: HostPath): Promise<readonly (readonly string[])[] | undefined> {
  const answer = await host.read(menu);
  return answer.outcome === 'text' ? parseGrubMenu(answer.text) : undefined;
}

/** `linux /boot/vmlinuz-6.1.0-28-amd64 root=UUID=… ro quiet` of this system's own kernels: os-prober adds those of others. */
export function parseGrubMenu(text: string): readonly (readonly string[])[] {
  const own = [...text.matchAll(/^### BEGIN \S*10_linux\S* ###\n([\s\S]*?)^### END/gm)].map(([, section]) => section!);
  return (own.length > 0 ? own.join('\n') : text).split('\n').flatMap((line) => {
    const [word, ...words] = line.trim().split(/\s+/);
    return word && /^linux(16|efi)?$/.test(word) ? [words] : [];
  });
}

/** The `options` of each entry of the Boot Loader Specification that is for one of `kernels`. */
async function linesOfEntries(host: Host, kernels: readonly string[]): Promise<readonly (readonly string[])[]> {
  const found: (readonly string[])[] = [];
  for (const folder of ['/boot/loader/entries', '/efi/loader/entries', '/boot/efi/loader/entries'] as const) {
    const listing = await host.list(folder);
    for (const name of listing.outcome === 'entries' ? listing.names : []) {
      const answer = await host.read(`${folder}/${name}`);
      const version = answer.outcome === 'text' ? answer.text.match(/^version\s+(\S+)\s*$/m)?.[1] : undefined;
      if (answer.outcome !== 'text' || version === undefined || !kernels.includes(version)) continue;
      found.push([...answer.text.matchAll(/^options\s+(.*)$/gm)].flatMap(([, words]) => words!.split(/\s+/)));
    }
  }
  return found;
}
