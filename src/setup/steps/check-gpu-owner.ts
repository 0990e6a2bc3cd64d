import { z } from 'zod';
import { factsOf } from '../../doctor/fact.js';
import { loadedModules } from '../../doctor/facts/loaded-modules.js';
import { nvidiaFunctions } from '../../doctor/facts/nvidia-functions.js';
import { UserError } from '../../errors.js';
import type { Host } from '../../host/host.js';
import type { Doneness, StepKind } from '../step.js';

/** Modules of the kernel that drive NVIDIA GPUs without NVIDIA's driver. */
export const rivals = ['nouveau', 'nova_core'] as const;

/** Whether a driver on the PCI bus is one of them; nova_core calls itself `NovaCore` there. */
export const isRival = (driver: string, rival: (typeof rivals)[number]): boolean =>
  driver.replaceAll('-', '_').toLowerCase() === rival || (driver === 'NovaCore' && rival === 'nova_core');

interface Params {
  /** `no-rival`: neither nouveau nor nova_core has a GPU or is loaded; `rival`: one of them has every GPU. */
  readonly by: 'no-rival' | 'rival';
}

/** Changes nothing: looks who drives the GPUs, which is what the steps before it are for. */
export const checkGpuOwner: StepKind<Params> = {
  kind: 'check-gpu-owner',
  role: 'running',
  params: z.strictObject({ by: z.enum(['no-rival', 'rival']) }),
  describe: ({ by }) => ({
    summary: by === 'no-rival' ? 'Look that neither nouveau nor nova_core has a GPU' : 'Look that nouveau or nova_core has the GPUs',
    commands: [],
    files: [],
    risk: 'safe',
    needs: [],
    undo: { words: 'Nothing to undo', commands: [] },
    proof:
      by === 'no-rival'
        ? [
            { file: '/proc/modules', expect: `has no line for ${rivals.join(' and none for ')}` },
            { file: '/sys/bus/pci/devices', expect: 'has no NVIDIA GPU whose `driver` leads to one of them' },
          ]
        : [{ file: '/sys/bus/pci/devices', expect: 'has no NVIDIA GPU whose `driver` leads to another' }],
  }),
  isDone: async ({ by }, host) => (await look(by, host)).doneness,
  change: {
    before: async () => null,
    async apply({ by }, _, host) {
      const { doneness, words } = await look(by, host);
      if (doneness === 'done') return;
      throw new UserError(words, {
        exitCode: 3,
        hint: by === 'no-rival' ? '`gpu-setup doctor --only kernel` says what still loads it' : '`gpu-setup doctor` says who has it',
      });
    },
    undo: async () => undefined,
  },
};

async function look(by: Params['by'], host: Host): Promise<{ doneness: Doneness; words: string }> {
  const facts = factsOf(host);
  const [modules, functions] = [await facts.of(loadedModules), await facts.of(nvidiaFunctions)];
  const gpus = functions.known ? functions.value.filter(({ isGpu, driver }) => isGpu && driver !== 'vfio-pci') : [];
  const owned = gpus.filter(({ driver }) => driver && rivals.some((rival) => isRival(driver, rival)));
  if (by === 'rival') {
    if (!functions.known) return { doneness: 'cannot-tell', words: `Nobody can see who has the GPUs: ${functions.why}` };
    const others = gpus.filter((gpu) => !owned.includes(gpu));
    const [first] = others;
    if (!first) return { doneness: 'done', words: '' };
    return { doneness: 'not-done', words: `${first.address} is driven by ${first.driver ?? 'no driver'}` };
  }
  const [first] = owned;
  if (first) return { doneness: 'not-done', words: `${first.driver} still has ${first.address}` };
  if (!modules.known || !functions.known)
    return {
      doneness: 'cannot-tell',
      words: `Nobody can see what is loaded: ${!modules.known ? modules.why : !functions.known ? functions.why : ''}`,
    };
  const loaded = modules.value.find(({ name }) => (rivals as readonly string[]).includes(name));
  return loaded ? { doneness: 'not-done', words: `${loaded.name} is still loaded` } : { doneness: 'done', words: '' };
}
