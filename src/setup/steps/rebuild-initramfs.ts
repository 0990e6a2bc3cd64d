import { z } from 'zod';
import type { Command, HostPath } from '../../host/host.js';
import type { StepKind } from '../step.js';
import { carryOut } from './carry-out.js';
import { hostPath, plainName } from './host-path.js';

export type InitramfsTool = 'update-initramfs' | 'dracut' | 'mkinitcpio';

interface Params {
  readonly tool: InitramfsTool;
  readonly kernels: readonly string[];
  /** The file of modprobe.d that each image must hold afterwards. */
  readonly holds: HostPath;
}

const image = (kernel: string) => `/boot/initrd.img-${kernel}` as const;

const rebuild: Record<InitramfsTool, (kernels: readonly string[]) => readonly Command[]> = {
  'update-initramfs': (kernels) => kernels.map((kernel) => slow('update-initramfs', ['-u', '-k', kernel])),
  dracut: (kernels) => kernels.map((kernel) => slow('dracut', ['--force', '--kver', kernel, image(kernel)])),
  mkinitcpio: () => [slow('mkinitcpio', ['--allpresets'])],
};
const list: Record<InitramfsTool, (kernel: string) => Command> = {
  'update-initramfs': (kernel) => ({ program: 'lsinitramfs', args: [image(kernel)], timeoutMs: 60_000 }),
  dracut: (kernel) => ({ program: 'lsinitrd', args: [image(kernel)], timeoutMs: 60_000 }),
  mkinitcpio: (kernel) => ({ program: 'lsinitcpio', args: [`/boot/initramfs-${kernel}.img`], timeoutMs: 60_000 }),
};
const slow = (program: string, args: readonly string[]): Command => ({ program, args, timeoutMs: 15 * 60_000 });

/**
 * Rebuilds the early boot image of every installed kernel: a module that is blacklisted on disk only is still loaded from
 * an image that was made before.
 */
export const rebuildInitramfs: StepKind<Params> = {
  kind: 'rebuild-initramfs',
  params: z.strictObject({
    tool: z.enum(['update-initramfs', 'dracut', 'mkinitcpio']),
    kernels: z.array(plainName).min(1),
    holds: hostPath,
  }),
  describe: ({ tool, kernels, holds }) => ({
    summary: `Rebuild the initramfs of ${kernels.join(' and ')}`,
    commands: rebuild[tool](kernels),
    files: [],
    risk: 'reversible',
    needs: ['root'],
    undo: { words: 'Rebuild it again after the other steps are undone', commands: rebuild[tool](kernels) },
    proof: kernels.map((kernel) => ({ command: list[tool](kernel), expect: `lists ${holds.slice(1)}` })),
  }),
  async isDone({ tool, kernels, holds }, host) {
    const written = await host.stat(holds);
    if (written.outcome === 'absent') return 'not-done';
    for (const kernel of kernels) {
      const answer = await host.ask(list[tool](kernel));
      if (answer.outcome !== 'exited' || answer.code !== 0) return 'cannot-tell';
      if (!answer.stdout.split('\n').some((line) => line.endsWith(holds.slice(1)))) return 'not-done';
    }
    return 'done';
  },
  change: {
    undoLast: true,
    before: async () => null,
    async apply({ tool, kernels }, _, host) {
      await carryOut(host, rebuild[tool](kernels));
    },
    async undo({ tool, kernels }, _, host) {
      // A kernel that was removed since has no image to mend.
      const there: string[] = [];
      for (const kernel of kernels) if ((await host.stat(`/lib/modules/${kernel}`)).outcome === 'status') there.push(kernel);
      if (there.length > 0) await carryOut(host, rebuild[tool](there));
      return undefined;
    },
  },
};
