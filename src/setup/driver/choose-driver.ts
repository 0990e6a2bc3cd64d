import type { Decision, Reason } from '../plan.js';
import type { Distribution } from '../tables/distributions.js';
import { distributionName, packageSets } from '../tables/distributions.js';
import { driverBranches, lifeOf } from '../tables/driver-branches.js';
import { openDefaultFrom, openFrom, openOnlyFrom } from '../tables/gpus.js';
import type { InstalledDriver } from './installed-driver.js';
import { badRequest, blocked } from './obstacles.js';
import { branchOf, type DriverRequest } from './request.js';
import { type Gpu, gpuWords } from './survey.js';

export type Flavour = 'open' | 'proprietary';

/** A driver that suits every GPU of the machine. */
export interface ChosenDriver {
  readonly method: 'apt' | 'run';
  readonly branch: number;
  readonly flavour: Flavour;
  readonly decisions: readonly Decision[];
  /** The driver of packages that is there already and stays. */
  readonly kept: InstalledDriver | undefined;
}

/** What all GPUs together leave to choose from. */
export interface Limits {
  readonly first: number;
  /** Infinity where every later branch will do. */
  readonly last: number;
  readonly flavours: readonly Flavour[];
}

/** The driver for `gpus` on `distribution`, or why there is none. */
export function chooseDriver(
  gpus: readonly Gpu[],
  distribution: Distribution,
  installed: InstalledDriver | undefined,
  request: DriverRequest,
): ChosenDriver | Reason {
  const limits = limitsOf(gpus);
  if ('reason' in limits) return limits;
  const method = request.from ?? (request.run ? 'run' : 'apt');
  if (method === 'run' && !request.run) throw new Error('An installer is chosen before the driver');
  const found = request.run
    ? branchOfFile(limits, gpus, branchOf(request.run.version), request.run.version)
    : branchOfArchive(limits, gpus, distribution, installed, request);
  if ('reason' in found) return found;
  const { branch, why } = found;
  const flavour = chooseFlavour(
    limits,
    branch,
    method === 'apt' ? installed : undefined,
    request.kernelModule,
    method === 'apt' ? distribution : undefined,
  );
  if ('reason' in flavour) return flavour;
  const stays =
    method === 'apt' && installed?.branch === branch && installed.flavour === flavour.flavour && (installed.dkms || !request.dkms);
  return {
    method,
    kept: stays ? installed : undefined,
    branch,
    flavour: flavour.flavour,
    decisions: [
      {
        what: 'method',
        choice: method,
        why: request.from
          ? `\`--from ${request.from}\` asks for it`
          : request.run
            ? '`--run` names an installer'
            : 'packages of the distribution are updated with it, and removed without a trace',
      },
      { what: 'branch', choice: String(branch), why: `${why}; ${limitWords(limits, gpus)}; ${branch} is ${lifeOf(branch)}` },
      { what: 'kernel-module', choice: flavour.flavour, why: flavour.why },
    ],
  };
}

export function limitsOf(gpus: readonly Gpu[]): Limits | Reason {
  const youngest = gpus.reduce((one, other) => (other.needs.firstBranch > one.needs.firstBranch ? other : one));
  const oldest = gpus.reduce((one, other) => (lastOf(other) < lastOf(one) ? other : one));
  if (youngest.needs.firstBranch > lastOf(oldest)) {
    return blocked(
      `No driver suits all GPUs of this machine: ${gpuWords(oldest)} needs branch ${lastOf(oldest)} or older, ${gpuWords(youngest)} needs ${youngest.needs.firstBranch} or newer`,
      `take one of them out, or give ${oldest.address ?? 'the older one'} to vfio-pci`,
    );
  }
  const openOnly = gpus.find(({ needs }) => !needs.proprietary);
  const proprietaryOnly = gpus.find(({ needs }) => !needs.open);
  if (openOnly && proprietaryOnly) {
    return blocked(
      `No kernel module suits all GPUs of this machine: ${gpuWords(openOnly)} needs the open one, ${gpuWords(proprietaryOnly)} the proprietary one`,
      `take one of them out, or give ${proprietaryOnly.address ?? 'the older one'} to vfio-pci`,
    );
  }
  return {
    first: youngest.needs.firstBranch,
    last: lastOf(oldest),
    flavours: openOnly ? ['open'] : proprietaryOnly ? ['proprietary'] : ['open', 'proprietary'],
  };
}

const lastOf = ({ needs }: Gpu): number => needs.lastBranch ?? Number.POSITIVE_INFINITY;

export function limitWords({ first, last }: Limits, gpus: readonly Gpu[]): string {
  const range = last === Number.POSITIVE_INFINITY ? `from ${first} on` : `from ${first} to ${last}`;
  return `${gpus.map(gpuWords).join(' and ')} ${gpus.length > 1 ? 'are' : 'is'} driven by the branches ${range}`;
}

type Found = { readonly branch: number; readonly why: string } | Reason;

function branchOfFile(limits: Limits, gpus: readonly Gpu[], branch: number, version: string): Found {
  if (branch < limits.first || branch > limits.last) {
    return badRequest(
      `Driver ${version} does not drive every GPU of this machine: ${limitWords(limits, gpus)}`,
      `take an installer of branch ${bestOf(limits)}`,
    );
  }
  return { branch, why: `the installer is driver ${version}` };
}

function branchOfArchive(
  limits: Limits,
  gpus: readonly Gpu[],
  distribution: Distribution,
  installed: InstalledDriver | undefined,
  { driver, kernelModule, dkms }: DriverRequest,
): Found {
  const { branches } = distribution;
  const place = distributionName(distribution);
  const offered = branches.filter(({ transitionalTo }) => transitionalTo === undefined);
  const hasFlavour = (branch: number, set: string) =>
    flavoursOf(branch, limits).some(
      (flavour) => (kernelModule === 'auto' || kernelModule === flavour) && packageSets[set]?.[flavour] !== undefined,
    );
  const fit = offered.filter(({ branch, packages }) => branch >= limits.first && branch <= limits.last && hasFlavour(branch, packages));
  const all = offered.map(({ branch }) => branch).join(', ');
  if (driver !== undefined) {
    const wanted = branchOf(driver);
    const transitional = branches.find(({ branch }) => branch === wanted)?.transitionalTo;
    if (transitional)
      return badRequest(`In ${place} branch ${wanted} is only a name for ${transitional}`, `ask for \`--driver ${transitional}\``);
    if (!offered.some(({ branch }) => branch === wanted)) {
      return badRequest(
        `The archive of ${place} has no driver of branch ${wanted}: it has ${all}`,
        `pass its installer with \`--run NVIDIA-Linux-…-${driver}.run\``,
      );
    }
    if (!fit.some(({ branch }) => branch === wanted))
      return badRequest(
        `Branch ${wanted} of ${place} does not do what is asked: ${limitWords(limits, gpus)}`,
        `leave \`--driver\` out to have one chosen`,
      );
    return { branch: wanted, why: '`--driver` asks for it' };
  }
  // Packages of a branch that the archive dropped can stay, and not be exchanged for others of that branch.
  const exchangeable = installed?.dkms || !dkms || offered.some(({ branch }) => branch === installed?.branch);
  if (exchangeable && suits(installed, limits, kernelModule))
    return { branch: installed.branch, why: 'it is installed already, and suits' };
  if (fit.length === 0) {
    const kind = kernelModule === 'auto' ? '' : ` with the ${kernelModule} kernel module`;
    return blocked(
      `The archive of ${place} has no driver${kind} for every GPU of this machine: it has ${all}, and ${limitWords(limits, gpus)}`,
      `NVIDIA's own repository has one; or download an installer of branch ${bestOf(limits)} from NVIDIA and pass it with \`--run FILE\``,
    );
  }
  const best = fit.toSorted((one, other) => rankOf(other.branch) - rankOf(one.branch) || other.branch - one.branch)[0]!;
  return {
    branch: best.branch,
    why:
      fit.length > 1
        ? `of ${listed(fit.map(({ branch }) => branch))} it is supported for longest`
        : `of ${listed(offered.map(({ branch }) => branch))} it is the one that suits`,
  };
}

/** A driver that is there stays, whether the archive still has its branch or not: who wants another one says so. */
const suits = (
  installed: InstalledDriver | undefined,
  limits: Limits,
  wanted: DriverRequest['kernelModule'],
): installed is InstalledDriver =>
  installed !== undefined &&
  installed.branch >= limits.first &&
  installed.branch <= limits.last &&
  limits.flavours.includes(installed.flavour) &&
  (wanted === 'auto' || wanted === installed.flavour);

/** Long-term before production before others: a driver is kept for years. */
export const rankOf = (branch: number): number => {
  const kind = driverBranches.find((row) => row.branch === branch)?.kind;
  return kind === 'long-term' ? 2 : kind === 'production' ? 1 : 0;
};

/** The branch to recommend where anything can be had: the newest that suits and is supported for long. */
function bestOf({ first, last }: Limits): number {
  const fit = driverBranches.map(({ branch }) => branch).filter((branch) => branch >= first && branch <= last);
  return fit.toSorted((one, other) => rankOf(other) - rankOf(one) || other - one)[0] ?? first;
}

export const flavoursOf = (branch: number, { flavours }: Limits): readonly Flavour[] =>
  flavours.filter((flavour) => (flavour === 'open' ? branch >= openFrom : branch < openOnlyFrom));

function chooseFlavour(
  limits: Limits,
  branch: number,
  installed: InstalledDriver | undefined,
  wanted: DriverRequest['kernelModule'],
  distribution: Distribution | undefined,
): { readonly flavour: Flavour; readonly why: string } | Reason {
  const set = distribution?.branches.find((row) => row.branch === branch)?.packages;
  const possible = flavoursOf(branch, limits).filter((flavour) => set === undefined || packageSets[set]?.[flavour] !== undefined);
  // The archive may have dropped a branch that is installed, and its rows with it.
  if (installed?.branch === branch && suits(installed, limits, wanted))
    return { flavour: installed.flavour, why: 'it is installed already, and suits' };
  if (wanted !== 'auto') {
    return possible.includes(wanted)
      ? { flavour: wanted, why: `\`--kernel-module ${wanted}\` asks for it` }
      : badRequest(
          `The ${wanted} kernel module of branch ${branch} does not drive every GPU of this machine`,
          'leave `--kernel-module` out to have one chosen',
        );
  }
  const [only, other] = possible;
  if (!only) return badRequest(`Branch ${branch} has no kernel module for these GPUs`, 'take a newer branch');
  if (!other) {
    const why = limits.flavours.length === 1 ? 'these GPUs are driven by no other' : `branch ${branch} has no other here`;
    return { flavour: only, why };
  }
  return branch >= openDefaultFrom
    ? { flavour: 'open', why: `it is what NVIDIA installs by default from branch ${openDefaultFrom} on` }
    : { flavour: 'proprietary', why: `before branch ${openDefaultFrom} NVIDIA installs it by default` };
}

const listed = (branches: readonly number[]): string =>
  branches.length > 1 ? `${branches.slice(0, -1).join(', ')} and ${branches.at(-1)}` : branches.join('');
