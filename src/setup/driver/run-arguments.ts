import { openFrom } from '../tables/gpus.js';
import { compareInstallers, knowsFlag } from '../tables/run-flags.js';
import { branchOf } from './request.js';

export interface RunWishes {
  readonly version: string;
  readonly flavour: 'open' | 'proprietary';
  readonly dkms: boolean;
  readonly openglFiles: boolean;
  /** 32-bit programs run here, and get their libraries too. */
  readonly compat32: boolean;
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
  const { version, dkms, openglFiles, compat32, signing, overrideAlternateInstall } = wishes;
  const flavour = flavourArgument(wishes);
  if (flavour === null) return { possible: false, why: `driver ${version} has no open kernel module: the first with one is ${openFrom}` };
  const wanted: string[] = [
    '--silent',
    ...(dkms ? ['--dkms'] : []),
    ...(flavour ? [flavour] : []),
    ...(openglFiles ? [] : ['--no-opengl-files']),
    ...(signing ? [`--module-signing-secret-key=${signing.key}`, `--module-signing-public-key=${signing.certificate}`] : []),
    ...(overrideAlternateInstall ? ['--no-check-for-alternate-installs'] : []),
  ];
  const unknown = wanted.find((flag) => !knowsFlag(version, flag));
  if (unknown) return { possible: false, why: `the installer of driver ${version} does not know \`${unknown.split('=', 1)[0]}\`` };
  // Before it was an option the installer put them where it found a folder for them.
  if (compat32 && knowsFlag(version, '--install-compat32-libs')) wanted.push('--install-compat32-libs');
  // We rebuild the images of all kernels ourselves; an installer that could do so would for one kernel only.
  return { possible: true, args: [...wanted, ...(knowsFlag(version, '--no-rebuild-initramfs') ? ['--no-rebuild-initramfs'] : [])] };
}

/** Undefined: this version needs none for that flavour; null: it has no such flavour. */
function flavourArgument({ version, flavour }: RunWishes): string | undefined | null {
  if (flavour === 'open' && (branchOf(version) < openFrom || compareInstallers(version, '515.43.04') < 0)) return null;
  if (knowsFlag(version, '--kernel-module-type')) return `--kernel-module-type=${flavour}`;
  return flavour === 'open' ? '--kernel-module-build-directory=kernel-open' : undefined;
}
