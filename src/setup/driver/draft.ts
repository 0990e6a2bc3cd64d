import type { Preflight } from '../plan.js';
import type { Step } from '../step.js';
import { isRival, rivals } from '../steps/check-gpu-owner.js';
import type { Distribution, Signing } from '../tables/distributions.js';
import type { ChosenDriver } from './choose-driver.js';
import type { DriverRequest } from './request.js';
import type { Survey } from './survey.js';

/** What the steps are made from. */
export interface Ground {
  readonly survey: Survey;
  readonly request: DriverRequest;
  readonly distribution: Distribution;
  readonly chosen: ChosenDriver;
  /** A machine without a screen of its own takes no X server and no OpenGL. */
  readonly desktop: boolean;
  /** Whether NVIDIA's OpenGL is installed. */
  readonly openglFiles: boolean;
  /** The package of the fabric manager that fits, where one is needed and can be had. */
  readonly fabric: string | undefined;
  /** How modules are signed; undefined where the firmware does not ask for it. */
  readonly signing: Signing | undefined;
}

/** Steps in order; those after `reboot` are planned again once it happened. */
export interface Draft {
  readonly steps: readonly Step<unknown>[];
  readonly afterReboot: readonly Step<unknown>[];
  readonly preflight: readonly Preflight[];
  readonly warnings: readonly string[];
}

/** Those of the kernel's own drivers that hold a GPU, or are in the kernel. */
export function rivalsAtWork({ gpus, modules }: Pick<Survey, 'gpus' | 'modules'>): readonly string[] {
  const owners = gpus.known ? gpus.value.map(({ owner }) => owner) : [];
  const loaded = modules.known ? modules.value.map(({ name }) => name) : [];
  return rivals.filter((name) => loaded.includes(name) || owners.some((owner) => owner && isRival(owner, name)));
}
