import { z } from 'zod';
import { UserError } from '../../errors.js';
import type { Json } from '../step.js';
import { hostPath } from '../steps/host-path.js';

/** What was asked for on the command line of `install-driver`. */
export interface DriverRequest {
  /** Build the module with DKMS, so that it is built again for each new kernel. */
  readonly dkms: boolean;
  readonly from: 'apt' | 'run' | undefined;
  /** A .run installer, as the planned machine sees it. */
  readonly run: RunFile | undefined;
  /** `580`, or `580.95.05` */
  readonly driver: string | undefined;
  readonly kernelModule: 'auto' | 'open' | 'proprietary';
  /** The SHA-256 that the installer has to have. */
  readonly sha256?: string | undefined;
  /** False: leave the OpenGL libraries of the distribution alone; undefined: as the machine needs it. */
  readonly openglFiles: boolean | undefined;
  /** PCI device ids of GPUs that are to be taken for present. */
  readonly assumeGpus: readonly string[];
}

export interface RunFile {
  readonly path: `/${string}`;
  readonly architecture: string;
  readonly version: string;
}

/** The branch of a version: 580 of `580.95.05`. */
export const branchOf = (version: string): number => Number(version.split('.', 1)[0]);

/** `NVIDIA-Linux-x86_64-580.95.05.run`, `NVIDIA-Linux-x86_64-375.26-no-compat32.run`. Throws where the name does not tell. */
export function parseRunFile(path: `/${string}`): RunFile {
  const [, architecture, version] = path.match(/(?:^|\/)NVIDIA-Linux-(x86_64|aarch64)-(\d+(?:\.\d+)+)(?:-[\w-]+)?\.run$/) ?? [];
  if (!architecture || !version) {
    throw new UserError(`\`${path}\` does not tell which driver it is`, {
      hint: 'give the file the name it has at NVIDIA, such as `NVIDIA-Linux-x86_64-580.95.05.run`',
    });
  }
  return { path, architecture, version };
}

/** `0x2684`, `10de:2684` or `2684` as `2684`. Throws at anything else. */
export function parseDeviceId(text: string): string {
  const id = text.toLowerCase().match(/^(?:10de:|0x)?([0-9a-f]{4})$/)?.[1];
  if (!id) throw new UserError(`\`${text}\` is no PCI device id`, { hint: 'four hex digits, such as `2684` for a GeForce RTX 4090' });
  return id;
}

/** Throws a `UserError` where the options contradict each other. */
export function checkRequest({ from, run, driver, sha256 }: DriverRequest): void {
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256))
    throw new UserError(`\`${sha256}\` is no SHA-256`, { hint: '64 hex digits, as `sha256sum FILE` prints them' });
  if (sha256 !== undefined && !run && !(from === 'run' && driver?.includes('.')))
    throw new UserError('`--sha256` is for an installer', { hint: 'add `--run FILE`, or `--from run --driver VERSION`' });
  if (run && from === 'apt') throw new UserError('`--run` and `--from apt` exclude each other', { hint: 'leave one of them out' });
  if (driver !== undefined && !/^\d{3}(\.\d+){0,2}$/.test(driver)) {
    throw new UserError(`\`${driver}\` is no driver version`, { hint: 'a branch such as `580`, or a version such as `580.95.05`' });
  }
  if (run && driver !== undefined && driver !== run.version && driver !== String(branchOf(run.version))) {
    throw new UserError(`\`--driver ${driver}\` and \`${run.path}\` are two drivers`, { hint: 'leave `--driver` out: the file decides' });
  }
}

const kept = z.strictObject({
  dkms: z.boolean(),
  from: z.enum(['apt', 'run']).optional(),
  run: hostPath.optional(),
  driver: z.string().optional(),
  kernelModule: z.enum(['auto', 'open', 'proprietary']),
  openglFiles: z.boolean().optional(),
  sha256: z.string().optional(),
});

/** A request as a plan keeps it, to plan again after a reboot; nothing is assumed then. */
export const keptRequest = ({ dkms, from, run, driver, kernelModule, openglFiles, sha256 }: DriverRequest): Json => ({
  dkms,
  ...(from === undefined ? {} : { from }),
  ...(run === undefined ? {} : { run: run.path }),
  ...(driver === undefined ? {} : { driver }),
  kernelModule,
  ...(openglFiles === undefined ? {} : { openglFiles }),
  ...(sha256 === undefined ? {} : { sha256 }),
});

/** What `keptRequest` made. */
export function requestFrom(json: Json | undefined): DriverRequest {
  const { from, run, driver, openglFiles, ...rest } = kept.parse(json);
  return { ...rest, openglFiles, from, run: run === undefined ? undefined : parseRunFile(run), driver, assumeGpus: [] };
}
