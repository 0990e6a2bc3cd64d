import type { Reason } from '../plan.js';
import { isDoubtful, kernelMisfit } from '../tables/driver-kernels.js';
import { type InstallerRow, installerName, installerRow, installerUrls, newestInstallers } from '../tables/run-installers.js';
import { flavoursOf, type Limits, limitsOf, limitWords, rankOf } from './choose-driver.js';
import { badRequest, blocked } from './obstacles.js';
import { branchOf, type DriverRequest, type RunFile } from './request.js';
import type { Gpu, Survey } from './survey.js';

/** Where installers are kept that we loaded. */
export const cacheFolder = '/var/cache/gpu-setup';

/** An installer that is to be loaded: as a file on the machine, and how it gets there. */
export interface WantedInstaller {
  readonly run: RunFile;
  readonly urls: readonly string[];
  readonly sha256: string;
  readonly why: string;
}

/** The installer that `--from run` without a file means, or why none can be had. */
export function wantedInstaller(gpus: readonly Gpu[], survey: Survey, request: DriverRequest): WantedInstaller | Reason {
  const limits = limitsOf(gpus);
  if ('reason' in limits) return limits;
  const architecture = survey.machine.known ? survey.machine.value : undefined;
  if (architecture !== 'x86_64' && architecture !== 'aarch64')
    return badRequest('It is not known for which architecture an installer is wanted', 'load one, and pass it with `--run FILE`');
  const asked = request.driver?.includes('.') ? request.driver : undefined;
  if (asked !== undefined) return exactly(asked, architecture, request);
  const fit = newestInstallers(architecture).filter((row) => suits(row, limits, survey, request));
  const doubt = ({ version }: InstallerRow) => Number(survey.toCome.some((kernel) => isDoubtful(version, kernel)));
  const [best] = fit.toSorted((one, other) => doubt(one) - doubt(other) || rankOf(branchOf(other.version)) - rankOf(branchOf(one.version)));
  if (!best) {
    const known = [...new Set(newestInstallers(architecture).map(({ version }) => version))].join(', ');
    return blocked(
      `No installer with a known checksum is right for this machine${request.driver ? ` in branch ${request.driver}` : ''}: ${limitWords(limits, gpus)}; known are ${known}`,
      '`--driver VERSION --sha256 SUM` names another one; or load it, and pass it with `--run FILE`',
    );
  }
  return wanted(best, best.sha256, true, `of the installers whose checksum is known it is the one that is supported for longest`);
}

function suits({ version }: InstallerRow, limits: Limits, { toCome }: Survey, { driver, kernelModule }: DriverRequest): boolean {
  const branch = branchOf(version);
  const flavours = flavoursOf(branch, limits);
  return (
    branch >= limits.first &&
    branch <= limits.last &&
    (driver === undefined || branch === Number(driver)) &&
    (kernelModule === 'auto' ? flavours.length > 0 : flavours.includes(kernelModule)) &&
    toCome.every((kernel) => kernelMisfit(version, kernel) === undefined)
  );
}

function exactly(version: string, architecture: InstallerRow['architecture'], { sha256 }: DriverRequest): WantedInstaller | Reason {
  const row = installerRow(version, architecture);
  if (sha256 !== undefined && row && row.sha256 !== sha256)
    return badRequest(
      `\`--sha256\` is not the checksum that is known of driver ${version}: that is ${row.sha256}`,
      'leave `--sha256` out, or pass a file of your own with `--run FILE`',
    );
  const sum = sha256 ?? row?.sha256;
  if (sum === undefined) {
    const near = newestInstallers(architecture).filter((each) => branchOf(each.version) === branchOf(version))[0];
    return badRequest(
      `No checksum is known of driver ${version} for ${architecture}, so it is not downloaded`,
      `\`--sha256 SUM\` names it${near ? `; of branch ${branchOf(version)} that of ${near.version} is known` : ''}; or load the file yourself, and pass it with \`--run FILE\``,
    );
  }
  return wanted(
    { version, architecture, ...(row?.place ? { place: row.place } : {}) },
    sum,
    row !== undefined,
    `\`--driver ${version}\` asks for it`,
  );
}

function wanted(
  row: Pick<InstallerRow, 'version' | 'architecture' | 'place'>,
  sha256: string,
  known: boolean,
  why: string,
): WantedInstaller {
  const { version, architecture } = row;
  return {
    run: { path: `${cacheFolder}/${installerName(row)}`, architecture, version },
    urls: installerUrls(row, known),
    sha256,
    why,
  };
}
