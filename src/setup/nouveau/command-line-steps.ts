import type { BootLoader } from '../../doctor/facts/boot-loader.js';
import type { Host, HostPath } from '../../host/host.js';
import { template } from '../driver/common-steps.js';
import { type Step, step } from '../step.js';
import { kernelParameters, parseGrubby, parseKernelstub } from '../steps/kernel-parameters.js';
import { removeFile } from '../steps/remove-file.js';
import { updateBootMenu } from '../steps/update-boot-menu.js';
import { writeFile } from '../steps/write-file.js';
import { freed, grubWith, grubWithoutRivals, lineWithoutRivals, wordsOfGrub } from './kernel-words.js';

/** Our own file among GRUB's settings. */
export const grubFile: HostPath = '/etc/default/grub.d/gpu-setup-nouveau.cfg';
const grubSettings: HostPath = '/etc/default/grub';
const installSettings: HostPath = '/etc/kernel/cmdline';

interface Asked {
  readonly host: Host;
  readonly loader: BootLoader;
  readonly kernels: readonly string[];
  readonly why: string;
}

const id = 'change-command-line';
const because = ['kernel/nouveau-not-blacklisted'] as const;

/** Steps that put `words` on the command line of every kernel; undefined where the boot loader's settings cannot be read. */
export async function addWords(
  { host, loader, kernels, why }: Asked,
  words: readonly string[],
): Promise<readonly Step<unknown>[] | undefined> {
  const about = { id, because, why, after: [] };
  if (loader.kind === 'grubby' || loader.kind === 'kernelstub')
    return [step(kernelParameters, { tool: loader.kind, add: words, remove: [] }, about)];
  if (loader.kind === 'grub' && loader.dropIns) {
    const text = template('gpu-setup-nouveau.cfg').replace('{parameters}', words.join(' '));
    return [step(writeFile, { path: grubFile, text }, about), menuStep(loader, kernels, words, [])];
  }
  const path = loader.kind === 'grub' ? grubSettings : installSettings;
  const now = await host.read(path);
  if (now.outcome !== 'text') return undefined;
  const there = loader.kind === 'grub' ? wordsOfGrub(now.text) : now.text.split(/\s+/);
  const missing = words.filter((word) => !there.includes(word));
  const text =
    missing.length === 0 ? now.text : loader.kind === 'grub' ? grubWith(now.text, missing) : `${[now.text.trim(), ...missing].join(' ')}\n`;
  return [step(writeFile, { path, text }, about), menuStep(loader, kernels, words, [])];
}

/** Steps that take off every command line what keeps nouveau and nova_core away; none where nothing does. */
export async function takeWords({ host, loader, kernels, why }: Asked): Promise<readonly Step<unknown>[]> {
  const about = { id, because: [], why, after: [] };
  if (loader.kind === 'grubby' || loader.kind === 'kernelstub') {
    const { add, remove } = freed([...new Set((await configuredLines(loader.kind, host)).flat())]);
    return remove.length === 0 ? [] : [step(kernelParameters, { tool: loader.kind, add, remove }, about)];
  }
  if (loader.kind === 'kernel-install') {
    const now = await host.read(installSettings);
    const { remove } = freed(now.outcome === 'text' ? now.text.split(/\s+/) : []);
    if (now.outcome !== 'text' || remove.length === 0) return [];
    return [
      step(writeFile, { path: installSettings, text: `${lineWithoutRivals(now.text.trim())}\n` }, about),
      menuStep(loader, kernels, [], remove),
    ];
  }
  const listing = loader.dropIns ? await host.list('/etc/default/grub.d') : undefined;
  const files = listing?.outcome === 'entries' ? listing.names.filter((name) => name.endsWith('.cfg')) : [];
  const steps: Step<unknown>[] = [];
  const removed: string[] = [];
  for (const path of [grubSettings, ...files.map((name): HostPath => `/etc/default/grub.d/${name}`)]) {
    const now = await host.read(path);
    if (now.outcome !== 'text') continue;
    const { remove } = freed(wordsOfGrub(now.text));
    if (remove.length === 0) continue;
    removed.push(...remove);
    const numbered = { ...about, id: steps.length === 0 ? id : `${id}-${steps.length + 1}` };
    steps.push(
      path === grubFile ? step(removeFile, { path }, numbered) : step(writeFile, { path, text: grubWithoutRivals(now.text) }, numbered),
    );
  }
  return steps.length === 0
    ? []
    : [
        ...steps,
        menuStep(
          loader,
          kernels,
          [],
          [...new Set(removed)],
          steps.map((each) => each.id),
        ),
      ];
}

async function configuredLines(tool: 'grubby' | 'kernelstub', host: Host): Promise<readonly (readonly string[])[]> {
  if (tool === 'kernelstub') {
    const answer = await host.read('/etc/kernelstub/configuration');
    return answer.outcome === 'text' ? (parseKernelstub(answer.text) ?? []) : [];
  }
  const answer = await host.ask({ program: 'grubby', args: ['--info=ALL'], timeoutMs: 60_000 });
  return answer.outcome === 'exited' && answer.code === 0 ? parseGrubby(answer.stdout) : [];
}

const menuStep = (
  loader: Extract<BootLoader, { kind: 'grub' | 'kernel-install' }>,
  kernels: readonly string[],
  holds: readonly string[],
  lacks: readonly string[],
  after: readonly string[] = [id],
): Step<unknown> =>
  step(
    updateBootMenu,
    {
      tool: loader.kind === 'grub' ? loader.program : 'kernel-install',
      menu: loader.kind === 'grub' ? loader.menu : null,
      kernels,
      holds,
      lacks,
    },
    { id: 'update-boot-menu', because: [], why: 'What the settings say counts once the boot menu is made anew', after },
  );
