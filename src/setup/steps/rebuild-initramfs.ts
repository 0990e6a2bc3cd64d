import { z } from 'zod';
import { type InitramfsNames, imageOf } from '../../doctor/facts/initramfs-names.js';
import type { Command, Host, HostPath } from '../../host/host.js';
import type { Doneness, StepKind } from '../step.js';
import { carryOut } from './carry-out.js';
import { hostPath, plainName } from './host-path.js';

export type InitramfsTool = 'update-initramfs' | 'dracut' | 'mkinitcpio';

interface Params {
  readonly tool: InitramfsTool;
  readonly kernels: readonly string[];
  /** How the images are called, where that is not as on Debian. */
  readonly names?: InitramfsNames | undefined;
  /** The file of modprobe.d that each image must hold afterwards; null: none in particular. */
  readonly holds: HostPath | null;
  /** Names of files, of whatever folder, that no image may hold afterwards. */
  readonly lacks?: readonly string[] | undefined;
  /** Files that each image must have been made after: what an image holds of them does not show from outside. */
  readonly newerThan?: readonly HostPath[] | undefined;
}

const rebuild: Record<InitramfsTool, (kernels: readonly string[], names: InitramfsNames) => readonly Command[]> = {
  'update-initramfs': (kernels) => kernels.map((kernel) => slow('update-initramfs', ['-u', '-k', kernel])),
  dracut: (kernels, names) => kernels.map((kernel) => slow('dracut', ['--force', '--kver', kernel, imageOf(names, kernel)])),
  mkinitcpio: () => [slow('mkinitcpio', ['--allpresets'])],
};
const list: Record<InitramfsTool, (kernel: string, names: InitramfsNames) => Command> = {
  'update-initramfs': (kernel, names) => ({ program: 'lsinitramfs', args: [imageOf(names, kernel)], timeoutMs: 60_000 }),
  dracut: (kernel, names) => ({ program: 'lsinitrd', args: [imageOf(names, kernel)], timeoutMs: 60_000 }),
  mkinitcpio: (kernel) => ({ program: 'lsinitcpio', args: [imageOf('initramfs', kernel)], timeoutMs: 60_000 }),
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
    names: z.enum(['initrd.img', 'initramfs', 'initrd']).optional(),
    holds: hostPath.nullable(),
    lacks: z.array(z.string().regex(/^[\w.-]+$/)).optional(),
    newerThan: z.array(hostPath).optional(),
  }),
  describe({ tool, kernels, names = 'initrd.img', holds, lacks = [], newerThan = [] }) {
    const expected = [
      ...(holds ? [`lists ${holds.slice(1)}`] : []),
      ...(lacks.length > 0 ? [`lists no ${lacks.join(' and no ')}`] : []),
      ...(newerThan.length > 0 ? [`is of an image made after ${newerThan.join(' and ')}`] : []),
    ];
    return {
      summary: `Rebuild the initramfs of ${kernels.join(' and ')}`,
      commands: rebuild[tool](kernels, names),
      files: [],
      risk: 'reversible',
      needs: ['root'],
      undo: { words: 'Rebuild it again after the other steps are undone', commands: rebuild[tool](kernels, names) },
      proof: kernels.map((kernel) => ({ command: list[tool](kernel, names), expect: expected.join(', ') || 'lists it' })),
    };
  },
  async isDone({ tool, kernels, names = 'initrd.img', holds, lacks = [], newerThan = [] }, host) {
    if (holds && (await host.stat(holds)).outcome === 'absent') return 'not-done';
    for (const kernel of kernels) {
      const answer = await host.ask(list[tool](kernel, names));
      if (answer.outcome !== 'exited' || answer.code !== 0) return 'cannot-tell';
      const lines = answer.stdout.split('\n');
      if (holds && !lines.some((line) => line.endsWith(holds.slice(1)))) return 'not-done';
      if (lines.some((line) => lacks.includes(nameIn(line)))) return 'not-done';
      const image = tool === 'mkinitcpio' ? imageOf('initramfs', kernel) : imageOf(names, kernel);
      for (const file of newerThan) {
        const later = await isNewer(host, image, file);
        if (later !== 'done') return later;
      }
    }
    return 'done';
  },
  change: {
    undoLast: true,
    before: async () => null,
    async apply({ tool, kernels, names = 'initrd.img' }, _, host) {
      await carryOut(host, rebuild[tool](kernels, names));
    },
    async undo({ tool, kernels, names = 'initrd.img' }, _, host) {
      // A kernel that was removed since has no image to mend.
      const there: string[] = [];
      for (const kernel of kernels) if ((await host.stat(`/lib/modules/${kernel}`)).outcome === 'status') there.push(kernel);
      if (there.length > 0) await carryOut(host, rebuild[tool](there, names));
      return undefined;
    },
  },
};

/** The last name of a path, alone on its line or at the end of a long listing, without what it is compressed with. */
const nameIn = (line: string): string =>
  line
    .trim()
    .replace(/ -> .*$/, '')
    .split(/[\s/]/)
    .at(-1)!
    .replace(/\.(zst|xz|gz)$/, '');

async function isNewer(host: Host, image: HostPath, file: HostPath): Promise<Doneness> {
  if ((await host.stat(file)).outcome === 'absent') return 'done';
  const answer = await host.ask({ program: 'find', args: [image, '-newer', file] });
  if (answer.outcome !== 'exited' || answer.code !== 0) return 'cannot-tell';
  return answer.stdout.trim() === image ? 'done' : 'not-done';
}
