import { openFrom } from '../tables/gpus.js';
import { compareInstallers, knowsFlag } from '../tables/run-flags.js';
import { branchOf } from './request.js';

export interface RunWishes {
  readonly version: string;
  readonly flavour: 'open' | 'proprietary';
  readonly dkms: boolean;
  readonly openglFiles: boolean;
  /** Keys to sign the module with; undefined: do not sign. */
  readonly signing: { readonly key: string; readonly certificate: string } | undefined;
  /** Go on although the distribution offers packages. */
  readonly overrideAlternateInstall: boolean;
}

export type RunArguments =
  | { readonly possible: true; readonly args: readonly string[] }
  | { readonly possible: false; readonly why: string };

/** The arguments that the installer of this very version knows; or why no arguments do what is wished. */
export function runArguments(wishes: RunWishes): RunArguments {
  const { version, dkms, openglFiles, signing, overrideAlternateInstall } = wishes;
  const flavour = flavourArgument(wishes);
  if (flavour === null) return { possible: false, why: `driver ${version} has no open kernel module: the first with one is ${openFrom}` };
  const wanted = [
    '--silent',
    ...(dkms ? ['--dkms'] : []),
    ...(flavour ? [flavour] : []),
    ...(openglFiles ? [] : ['--no-opengl-files']),
    ...(signing ? [`--module-signing-secret-key=${signing.key}`, `--module-signing-public-key=${signing.certificate}`] : []),
    ...(overrideAlternateInstall ? ['--no-check-for-alternate-installs'] : []),
  ];
  const unknown = wanted.find((flag) => !knowsFlag(version, flag));
  if (unknown) return { possible: false, why: `the installer of driver ${version} does not know \`${unknown.split('=', 1)[0]}\`` };
  // We rebuild the images of all kernels ourselves; an installer that could do so would for one kernel only.
  return { possible: true, args: [...wanted, ...(knowsFlag(version, '--no-rebuild-initramfs') ? ['--no-rebuild-initramfs'] : [])] };
}

/** Undefined: this version needs none for that flavour; null: it has no such flavour. */
function flavourArgument({ version, flavour }: RunWishes): string | undefined | null {
  if (flavour === 'open' && (branchOf(version) < openFrom || compareInstallers(version, '515.43.04') < 0)) return null;
  if (knowsFlag(version, '--kernel-module-type')) return `--kernel-module-type=${flavour}`;
  return flavour === 'open' ? '--kernel-module-build-directory=kernel-open' : undefined;
}
