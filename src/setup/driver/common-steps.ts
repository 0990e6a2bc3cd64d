import { readFileSync } from 'node:fs';
import { type Step, step } from '../step.js';
import { rivals } from '../steps/check-gpu-owner.js';
import { createSigningKey } from '../steps/create-signing-key.js';
import { enrolKey } from '../steps/enrol-key.js';
import { installPackages } from '../steps/install-packages.js';
import { rebuildInitramfs } from '../steps/rebuild-initramfs.js';
import { writeFile } from '../steps/write-file.js';
import { distributionName } from '../tables/distributions.js';
import { missingComponents, withComponents } from './apt-components.js';
import { type Ground, rivalsAtWork } from './draft.js';
import { isPrebuilt } from './driver-packages.js';
import { headersMetaPackage } from './kernels.js';

const templates = new URL('../../../templates/system/', import.meta.url);
export const template = (name: string): string => readFileSync(new URL(name, templates), 'utf8');

/** What the doctor says of a GPU that another driver holds. */
export const holding = ['kernel/nouveau-loaded', 'kernel/gpu-owned-by-other-driver'] as const;

/** Where our blacklist goes; modprobe reads every file there. */
export const blacklistFile = '/etc/modprobe.d/gpu-setup-nouveau.conf';

/** Switches on the archive components that hold the driver, in every file that names the distribution's archive. */
export function sourcesSteps({ survey, distribution }: Ground): readonly Step<unknown>[] {
  if (!survey.aptSources.known) return [];
  const files = survey.aptSources.value;
  const missing = missingComponents(files, distribution);
  if (missing.length === 0) return [];
  const changed = withComponents(files, distribution);
  // No file that we know how to change names the archive: add one, and leave theirs alone.
  const texts =
    changed.length > 0 ? changed : [{ path: '/etc/apt/sources.list.d/gpu-setup.sources' as const, text: archiveFile(distribution) }];
  return texts.map(({ path, text }, index) =>
    step(
      writeFile,
      { path, text },
      {
        id: `enable-components${index === 0 ? '' : `-${index + 1}`}`,
        because: [],
        why: `The driver lies in the archive's ${missing.join(', ')}, and apt does not look there yet`,
        after: [],
      },
    ),
  );
}

function archiveFile({ codename, archive, components }: Ground['distribution']): string {
  const values: Record<string, string> = {
    uri: archive.uri,
    suites: `${codename} ${codename}-updates`,
    components: components.join(' '),
    keyring: archive.keyring,
  };
  return template('archive.sources').replace(/\{(\w+)\}/g, (_, name: string) => values[name]!);
}

/** Headers for every kernel that may run next, what keeps them there, and the tools that build and sign modules. */
export function toolPackages(ground: Ground): { packages: readonly string[]; warnings: readonly string[] } {
  const { survey, request, distribution, chosen, signing } = ground;
  if (isPrebuilt(ground)) return { packages: [], warnings: [] };
  const installed = survey.packages.known ? survey.packages.value : [];
  const warnings: string[] = [];
  const headers = survey.toCome.flatMap((release) => {
    const meta = headersMetaPackage(distribution.id, release, installed);
    const known = survey.kernels.find((each) => each.release === release);
    if (meta) return [`linux-headers-${release}`, meta];
    if (!known?.headers)
      warnings.push(
        `The kernel ${release} is not one of ${distributionName(distribution)}'s, so no package has its headers: without /lib/modules/${release}/build no module can be built`,
      );
    return [];
  });
  if (survey.toCome.length === 0) warnings.push('No kernel is installed here that a module could be built for');
  const dkms = request.dkms || chosen.method === 'apt' ? ['dkms'] : [];
  return { packages: [...new Set([...headers, ...dkms, 'gcc', 'make', 'libc6-dev', ...(signing?.packages ?? [])])], warnings };
}

export function toolsStep(ground: Ground, packages: readonly string[], after: readonly string[]): readonly Step<unknown>[] {
  if (packages.length === 0) return [];
  return [
    step(
      installPackages,
      { packages, refresh: true, recommends: false, hold: false, present: presentOf(ground, packages) },
      {
        id: 'install-build-tools',
        because: ['build/no-kernel-headers', 'build/no-gcc', 'build/no-make'],
        why: `The kernel module is built here, for ${ground.survey.toCome.join(' and ') || 'the kernel'}; without headers that build fails, and the machine comes up without a driver`,
        after,
      },
    ),
  ];
}

/** Those of `packages` that are installed now: a step that installs them must not take them away when it is undone. */
export function presentOf({ survey: { packageNames } }: Pick<Ground, 'survey'>, packages: readonly string[]): readonly string[] {
  // Where nobody knows, all count as present: undo then takes nothing away.
  return packageNames.known ? packages.filter((name) => packageNames.value.has(name)) : packages;
}

/** Makes the key before any module is built, so that each is signed with it. */
export function signingKeyStep({ signing }: Ground, after: readonly string[]): readonly Step<unknown>[] {
  if (!signing) return [];
  const { by, key, certificate } = signing;
  return [
    step(
      createSigningKey,
      { by, key, certificate },
      {
        id: 'create-signing-key',
        because: ['kernel/secure-boot-rejects-module'],
        why: 'Secure Boot is on: the kernel takes only modules that are signed with a key the firmware trusts',
        after,
      },
    ),
  ];
}

export function enrolKeyStep({ signing }: Ground, after: readonly string[]): readonly Step<unknown>[] {
  if (!signing) return [];
  return [
    step(
      enrolKey,
      { certificate: signing.certificate },
      {
        id: 'enrol-key',
        because: ['kernel/secure-boot-rejects-module'],
        why: 'The firmware does not trust our key before somebody says so on the console at the next boot',
        after,
      },
    ),
  ];
}

/** How the early boot images are called, where a step has to be told. */
export const namesIn = ({ imageNames }: Pick<Ground['survey'], 'imageNames'>) =>
  imageNames.known && imageNames.value && imageNames.value !== 'initrd.img' ? { names: imageNames.value } : {};

/** Keeps nouveau and nova_core off the GPU: in modprobe.d, and in the early boot image of every kernel. */
export function rivalSteps(
  { survey }: Pick<Ground, 'survey'>,
  after: readonly string[],
): { steps: readonly Step<unknown>[]; warnings: readonly string[] } {
  const kernels = survey.kernels.filter(({ complete }) => complete !== false).map(({ release }) => release);
  const atWork = rivalsAtWork(survey);
  const blacklist = step(
    writeFile,
    { path: blacklistFile, text: template('gpu-setup-nouveau.conf') },
    {
      id: 'blacklist-nouveau',
      because: ['kernel/nouveau-not-blacklisted', ...(atWork.length > 0 ? holding : [])],
      why:
        atWork.length > 0
          ? `${atWork.join(' and ')} holds the GPU, and NVIDIA's driver cannot take it then`
          : `${rivals.join(' or ')} would take the GPU at the next boot, before NVIDIA's driver does`,
      after: [],
    },
  );
  if (kernels.length === 0) return { steps: [blacklist], warnings: [] };
  const tool = survey.initramfs.known ? (survey.initramfs.value ?? undefined) : 'update-initramfs';
  if (!tool)
    return {
      steps: [blacklist],
      warnings: [`Nothing here rebuilds an initramfs: check by hand that the boot image does not load nouveau`],
    };
  return {
    steps: [
      blacklist,
      step(
        rebuildInitramfs,
        { tool, kernels, ...namesIn(survey), holds: blacklistFile },
        {
          id: 'rebuild-initramfs',
          because: ['kernel/nouveau-not-blacklisted'],
          why: 'The early boot image carries its own copy of modprobe.d: without ours in it, it may load nouveau before the disk is there',
          after: ['blacklist-nouveau', ...after],
        },
      ),
    ],
    warnings: [],
  };
}
