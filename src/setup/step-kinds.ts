import type { Host } from '../host/host.js';
import type { Doneness, Step, StepDescription, StepKind } from './step.js';
import { buildDkms } from './steps/build-dkms.js';
import { createSigningKey } from './steps/create-signing-key.js';
import { enrolKey } from './steps/enrol-key.js';
import { installPackages } from './steps/install-packages.js';
import { loadModules } from './steps/load-modules.js';
import { reboot } from './steps/reboot.js';
import { rebuildInitramfs } from './steps/rebuild-initramfs.js';
import { removeFile } from './steps/remove-file.js';
import { removePackages } from './steps/remove-packages.js';
import { removeRunDriver } from './steps/remove-run-driver.js';
import { runInstaller } from './steps/run-installer.js';
import { startUnit } from './steps/start-unit.js';
import { stopUnit } from './steps/stop-unit.js';
import { unloadModules } from './steps/unload-modules.js';
import { writeFile } from './steps/write-file.js';

/** A kind whose parameters are checked when it gets them: what a plan read from a file needs. */
export interface CheckedKind {
  readonly kind: string;
  readonly appliable: boolean;
  describe(params: unknown): StepDescription;
  isDone(params: unknown, host: Host): Promise<Doneness>;
}

const checked = <P>(of: StepKind<P>): CheckedKind => ({
  kind: of.kind,
  appliable: of.change !== undefined,
  describe: (params) => of.describe(of.params.parse(params)),
  isDone: (params, host) => of.isDone(of.params.parse(params), host),
});

/** Every kind of change that a plan may hold. */
export const stepKinds: readonly CheckedKind[] = [
  checked(writeFile),
  checked(removeFile),
  checked(installPackages),
  checked(removePackages),
  checked(runInstaller),
  checked(removeRunDriver),
  checked(buildDkms),
  checked(createSigningKey),
  checked(enrolKey),
  checked(rebuildInitramfs),
  checked(stopUnit),
  checked(startUnit),
  checked(unloadModules),
  checked(loadModules),
  checked(reboot),
];

/** The kind of `step`; a kind that nobody knows is a bug, or a plan of a newer version. */
export function kindOf({ kind, id }: Pick<Step<unknown>, 'kind' | 'id'>): CheckedKind {
  const found = stepKinds.find((each) => each.kind === kind);
  if (!found) throw new Error(`The step ${id} is of the kind ${kind}, which does not exist`);
  return found;
}
