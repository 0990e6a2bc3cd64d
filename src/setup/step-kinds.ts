import type { Host, MutableHost } from '../host/host.js';
import type { Doing, Doneness, Json, Role, Step, StepDescription, StepKind } from './step.js';
import { buildDkms } from './steps/build-dkms.js';
import { checkDriver } from './steps/check-driver.js';
import { checkGpuOwner } from './steps/check-gpu-owner.js';
import { createSigningKey } from './steps/create-signing-key.js';
import { downloadFile } from './steps/download-file.js';
import { enrolKey } from './steps/enrol-key.js';
import { installPackages } from './steps/install-packages.js';
import { kernelParameters } from './steps/kernel-parameters.js';
import { loadModules } from './steps/load-modules.js';
import { reboot } from './steps/reboot.js';
import { rebuildInitramfs } from './steps/rebuild-initramfs.js';
import { removeDkms } from './steps/remove-dkms.js';
import { removeFile } from './steps/remove-file.js';
import { removePackages } from './steps/remove-packages.js';
import { removeRunDriver } from './steps/remove-run-driver.js';
import { runInstaller } from './steps/run-installer.js';
import { startUnit } from './steps/start-unit.js';
import { stopUnit } from './steps/stop-unit.js';
import { unloadModules } from './steps/unload-modules.js';
import { updateBootMenu } from './steps/update-boot-menu.js';
import { writeFile } from './steps/write-file.js';

/** A kind whose parameters are checked when it gets them: what a plan read from a file needs. */
export interface CheckedKind {
  readonly kind: string;
  readonly role: Role;
  readonly undoLast: boolean;
  describe(params: unknown): StepDescription;
  isDone(params: unknown, host: Host): Promise<Doneness>;
  before(params: unknown, host: Host): Promise<Json>;
  apply(params: unknown, before: Json, host: MutableHost, doing: Doing): Promise<void>;
  settle(params: unknown, before: Json, host: Host): Promise<Json>;
  undo(params: unknown, record: Json, host: MutableHost): Promise<string | undefined>;
  isCarriedOut(params: unknown, host: Host): Promise<Doneness>;
}

const checked = <P>({ kind, params: schema, role = 'lasting', describe, isDone, change }: StepKind<P>): CheckedKind => ({
  kind,
  role,
  undoLast: change.undoLast ?? false,
  describe: (params) => describe(schema.parse(params)),
  isDone: (params, host) => isDone(schema.parse(params), host),
  before: (params, host) => change.before(schema.parse(params), host),
  apply: (params, before, host, doing) => change.apply(schema.parse(params), before, host, doing),
  settle: async (params, before, host) => (change.settle ? change.settle(schema.parse(params), before, host) : before),
  undo: (params, record, host) => change.undo(schema.parse(params), record, host),
  isCarriedOut: (params, host) => (change.isCarriedOut ?? isDone)(schema.parse(params), host),
});

/** Every kind of change that a plan may hold. */
export const stepKinds: readonly CheckedKind[] = [
  checked(writeFile),
  checked(removeFile),
  checked(downloadFile),
  checked(installPackages),
  checked(removePackages),
  checked(runInstaller),
  checked(removeRunDriver),
  checked(buildDkms),
  checked(removeDkms),
  checked(createSigningKey),
  checked(enrolKey),
  checked(rebuildInitramfs),
  checked(kernelParameters),
  checked(updateBootMenu),
  checked(checkGpuOwner),
  checked(checkDriver),
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
