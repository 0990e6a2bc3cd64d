import type { Preflight } from '../plan.js';
import type { Step } from '../step.js';
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

/** Modules of the kernel that drive NVIDIA GPUs without NVIDIA's driver. */
export const rivals = ['nouveau', 'nova_core'] as const;

/** Those of them that hold a GPU, or are in the kernel. */
export function rivalsAtWork({ gpus, modules }: Survey): readonly string[] {
  const owners = gpus.known ? gpus.value.map(({ owner }) => owner) : [];
  const loaded = modules.known ? modules.value.map(({ name }) => name) : [];
  return rivals.filter(
    (name) =>
      loaded.includes(name) ||
      owners.some((owner) => owner?.replaceAll('-', '_').toLowerCase() === name || (owner === 'NovaCore' && name === 'nova_core')),
  );
}
