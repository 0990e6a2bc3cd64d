import { packageSets } from '../tables/distributions.js';
import type { Ground } from './draft.js';
import { headersMetaPackage } from './kernels.js';

/** Whether the module comes built and signed from the distribution. */
export function isPrebuilt({ request, distribution, chosen, desktop }: Ground): boolean {
  if (chosen.kept) return !chosen.kept.dkms;
  if (request.dkms || chosen.method === 'run') return false;
  const set = setOf({ distribution, chosen });
  return (desktop ? set.prebuiltDesktop : set.prebuiltHeadless) !== undefined;
}

/** The names of the packages of the chosen driver. */
export function driverPackageNames(ground: Ground): readonly string[] {
  const { chosen, desktop } = ground;
  if (chosen.kept) return chosen.kept.packages;
  const set = setOf(ground);
  const names = isPrebuilt(ground) ? (desktop ? set.prebuiltDesktop! : set.prebuiltHeadless!) : desktop ? set.desktop : set.headless;
  return names
    .map((name) => name.replaceAll('{branch}', String(chosen.branch)))
    .flatMap((name) => (name.includes('{kernel}') ? prebuiltFor(ground).map((kernel) => name.replaceAll('{kernel}', kernel)) : [name]));
}

/** The kernels that need a prebuilt module, and the flavour whose package brings the module of each kernel to come. */
function prebuiltFor({ survey, distribution }: Ground): readonly string[] {
  const installed = survey.packages.known ? survey.packages.value : [];
  const metas = survey.toCome.flatMap((release) => headersMetaPackage(distribution.id, release, installed) ?? []);
  return [...survey.toCome, ...new Set(metas.map((meta) => meta.replace('linux-headers-', '')))];
}

function setOf({ distribution, chosen }: Pick<Ground, 'distribution' | 'chosen'>) {
  const row = distribution.branches.find(({ branch }) => branch === chosen.branch)!;
  return packageSets[row.packages]![chosen.flavour]!;
}
