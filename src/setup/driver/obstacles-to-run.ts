import type { Reason } from '../plan.js';
import { kernelMisfit } from '../tables/driver-kernels.js';
import { newestInstallers } from '../tables/run-installers.js';
import { type Limits, limitsOf } from './choose-driver.js';
import type { Ground } from './draft.js';
import { rivalsAtWork } from './draft.js';
import { compareKernels } from './kernels.js';
import { badRequest, blocked } from './obstacles.js';
import { branchOf, type RunFile } from './request.js';
import type { Survey } from './survey.js';

/** Why a .run installer would give up here, or leave a driver that does not work, whatever steps come before it. */
export function obstaclesToRun(ground: Ground, run: RunFile): Reason | undefined {
  return kernelObstacle(ground, run) ?? serverObstacle(ground.survey) ?? holderObstacle(ground.survey);
}

function kernelObstacle({ survey }: Ground, { version, architecture }: RunFile): Reason | undefined {
  for (const release of survey.toCome) {
    const misfit = kernelMisfit(version, release);
    if (!misfit) continue;
    const limits = limitsOf([...(survey.gpus.known ? survey.gpus.value : []), ...survey.assumedGpus]);
    return misfit.how === 'too-new'
      ? blocked(
          `Driver ${version} is too old for the kernel ${release}: its module does not build from ${misfit.kernel} on (${misfit.source})`,
          `${nearestFor(survey, architecture, 'reason' in limits ? undefined : limits, version)}; or boot a kernel before ${misfit.kernel}${olderKernel(survey, version)}`,
        )
      : blocked(
          `Driver ${version} is too new for the kernel ${release}: it wants ${misfit.kernel} or newer (${misfit.source})`,
          `install a kernel of ${misfit.kernel} or newer, or take an older branch`,
        );
  }
  return undefined;
}

/** The installer of a known checksum that suits GPUs and kernels, in words. */
function nearestFor({ toCome }: Survey, architecture: string, limits: Limits | undefined, than: string): string {
  const fit = newestInstallers(architecture).filter(
    ({ version }) =>
      (limits === undefined || (branchOf(version) >= limits.first && branchOf(version) <= limits.last)) &&
      toCome.every((kernel) => kernelMisfit(version, kernel) === undefined),
  );
  const near = fit.find(({ version }) => branchOf(version) === branchOf(than)) ?? fit[0];
  if (near) return `\`--from run --driver ${near.version}\` is the nearest that works for these GPUs and this kernel`;
  return 'the packages of the distribution have patches for newer kernels: leave `--run` and `--from run` out';
}

function olderKernel({ kernels }: Survey, version: string): string {
  const older = kernels
    .map(({ release }) => release)
    .filter((release) => kernelMisfit(version, release) === undefined)
    .toSorted(compareKernels)
    .at(-1);
  return older ? `, such as ${older}, which is installed, and remove the newer ones` : '';
}

/** An X server that no service started: the installer gives up beside it, and no step of ours may end somebody's session. */
function serverObstacle({ looseServers }: Survey): Reason | undefined {
  if (looseServers.length === 0) return undefined;
  return badRequest(
    `An X server runs that no display manager started (process ${looseServers.join(', ')}), and the installer gives up beside one`,
    'save what is open there, end that session, and plan again',
  );
}

/** Somebody has the GPU open, and no step of ours could stop them: the module stays in the kernel, and the installer gives up. */
export function holderObstacle(survey: Survey): Reason | undefined {
  // After a reboot nobody has it open.
  if (rivalsAtWork(survey).length > 0 || !survey.holders.known) return undefined;
  const container = survey.holders.value.find(({ place }) => place.kind === 'container');
  if (container?.place.kind === 'container') {
    const { pid, name, place } = container;
    return badRequest(
      `The container ${place.id} has the GPU open (${name}, process ${pid}), so the module cannot be exchanged`,
      `stop it first, such as \`docker stop ${place.id}\`, and start it again when the driver is there`,
    );
  }
  const person = survey.holders.value.find(({ place }) => place.kind === 'session');
  // What draws on the desktop ends with it.
  if (!person || survey.displayUnit) return undefined;
  return badRequest(
    `${person.name} (process ${person.pid}) has the GPU open, so the module cannot be exchanged`,
    'end it, and plan again; `fuser -v /dev/nvidia*` lists everybody',
  );
}
