import type { Fact, Facts, Known } from '../../doctor/fact.js';
import { type AptSourcesFile, aptSources } from '../../doctor/facts/apt-sources.js';
import { bootId } from '../../doctor/facts/boot-id.js';
import { type DisplayManager, displayManager } from '../../doctor/facts/display-manager.js';
import { type DriverLeftovers, driverLeftovers } from '../../doctor/facts/driver-leftovers.js';
import { driverUsers } from '../../doctor/facts/driver-users.js';
import { type GpuHolder, gpuHolders, placeOfProcess } from '../../doctor/facts/gpu-holders.js';
import { hybridGraphics } from '../../doctor/facts/hybrid-graphics.js';
import { type InitramfsNames, initramfsNames } from '../../doctor/facts/initramfs-names.js';
import { initramfsTool } from '../../doctor/facts/initramfs-tool.js';
import { type InstalledKernel, installedKernels } from '../../doctor/facts/installed-kernels.js';
import { installedPackageNames } from '../../doctor/facts/installed-package-names.js';
import { kernel } from '../../doctor/facts/kernel.js';
import { type LoadedModule, loadedModules } from '../../doctor/facts/loaded-modules.js';
import { machine } from '../../doctor/facts/machine.js';
import { machineId } from '../../doctor/facts/machine-id.js';
import { type BlacklistEntry, moduleBlacklist } from '../../doctor/facts/module-blacklist.js';
import { type ModuleLoading, moduleLoading } from '../../doctor/facts/module-loading.js';
import { multilib } from '../../doctor/facts/multilib.js';
import { type DriverVersions, nvidiaDriverVersions } from '../../doctor/facts/nvidia-driver-versions.js';
import { nvidiaFunctions } from '../../doctor/facts/nvidia-functions.js';
import { type OsRelease, osRelease } from '../../doctor/facts/os-release.js';
import { type InstalledPackage, packages } from '../../doctor/facts/packages.js';
import { type SecureBoot, secureBoot } from '../../doctor/facts/secure-boot.js';
import { type Virtualization, virtualization } from '../../doctor/facts/virtualization.js';
import { wsl } from '../../doctor/facts/wsl.js';
import type { Host } from '../../host/host.js';
import type { FactLine, MadeOn } from '../plan.js';
import type { InitramfsTool } from '../steps/rebuild-initramfs.js';
import { type GpuNeeds, needsOf } from '../tables/gpus.js';
import { kernelsToCome } from './kernels.js';

export interface Gpu {
  /** `0000:01:00.0`; null of one that is only assumed. */
  readonly address: string | null;
  readonly device: string;
  /** The kernel driver that owns it; undefined where nobody could look. */
  readonly owner: string | null | undefined;
  readonly needs: GpuNeeds;
}

/** Everything that a driver plan rests on. */
export interface Survey {
  readonly host: Host;
  readonly madeOn: MadeOn;
  readonly lines: readonly FactLine[];
  readonly os: Known<OsRelease>;
  readonly machine: Known<string>;
  readonly gpus: Known<readonly Gpu[]>;
  readonly assumedGpus: readonly Gpu[];
  /** NVIDIA bridges between GPUs: CUDA does not start beside one before its fabric manager runs. */
  readonly switches: readonly string[];
  readonly running: string | undefined;
  readonly kernels: readonly InstalledKernel[];
  readonly toCome: readonly string[];
  readonly modules: Known<readonly LoadedModule[]>;
  readonly blacklist: Known<readonly BlacklistEntry[]>;
  readonly moduleLoading: Known<ModuleLoading>;
  readonly driver: Known<DriverVersions>;
  readonly secureBoot: Known<SecureBoot>;
  readonly display: Known<DisplayManager>;
  /** What to stop so that nothing shows a desktop any more; null where nothing does. */
  readonly displayUnit: string | null;
  /** X servers that belong to no service: only who started them can end them. */
  readonly looseServers: readonly number[];
  /** Where somebody looked: processes that have the GPU open. */
  readonly holders: Known<readonly GpuHolder[]>;
  /** The GPU of Intel or AMD that shows the desktop beside NVIDIA's, in words. */
  readonly hybrid: string | null;
  /** The sign that 32-bit programs run here. */
  readonly multilib: string | null;
  readonly packages: Known<readonly InstalledPackage[]>;
  readonly packageNames: Known<ReadonlySet<string>>;
  readonly aptSources: Known<readonly AptSourcesFile[]>;
  readonly initramfs: Known<InitramfsTool | null>;
  readonly imageNames: Known<InitramfsNames | null>;
  readonly leftovers: Known<DriverLeftovers>;
  readonly driverUsers: Known<readonly string[]>;
  readonly virtualization: Known<Virtualization>;
  readonly wsl: Known<boolean>;
}

/** Reads every fact that a driver plan rests on; `assumeGpus` are PCI device ids of GPUs to be taken for present. */
export async function surveyOf(facts: Facts, assumeGpus: readonly string[]): Promise<Survey> {
  const lines: FactLine[] = [];
  const read = async <T>(fact: Fact<T>, say: (value: T) => string): Promise<Known<T>> => {
    const answer = await facts.of(fact);
    lines.push(
      answer.known
        ? { name: fact.name, value: say(answer.value), source: answer.source }
        : { name: fact.name, value: null, source: answer.why },
    );
    return answer;
  };
  const list = (names: readonly string[], none: string) => (names.length > 0 ? names.join(', ') : none);

  const os = await read(osRelease, ({ pretty }) => pretty);
  const architecture = await read(machine, (name) => name);
  const running = await read(kernel, ({ release }) => release);
  const kernels = await read(installedKernels, (all) =>
    list(
      all.map(({ release, headers }) => `${release} (${headers === undefined ? 'headers unknown' : headers ? 'headers' : 'no headers'})`),
      'none',
    ),
  );
  const functions = await read(nvidiaFunctions, (all) =>
    list(
      all.filter(({ isGpu }) => isGpu).map(({ address, device, driver }) => `10de:${device} at ${address}, ${ownerWords(driver)}`),
      'no NVIDIA GPU',
    ),
  );
  const modules = await read(loadedModules, (all) =>
    list(
      all.map(({ name }) => name).filter((name) => /^(nvidia|nouveau|nova|vfio_pci)/.test(name)),
      'none of nvidia, nouveau, nova_core and vfio_pci',
    ),
  );
  const blacklist = await read(moduleBlacklist, (all) =>
    list(
      all.map(({ module, where }) => `${module} (${where})`),
      'nothing',
    ),
  );
  const loading = await read(moduleLoading, ({ possible, because }) => (possible ? 'possible' : (because ?? 'impossible')));
  const driver = await read(nvidiaDriverVersions, ({ loaded }) =>
    !loaded.known ? loaded.why : loaded.value ? `${loaded.value.version} is loaded` : 'none is loaded',
  );
  const sb = await read(secureBoot, ({ state }) => state);
  const display = await read(displayManager, ({ service, defaultTarget, xServers }) =>
    list([service ?? '', defaultTarget ?? '', ...xServers.map((pid) => `X server ${pid}`)].filter(Boolean), 'none'),
  );
  const installed = await read(packages, (all) =>
    list(
      all.map(({ name, version }) => `${name} ${version}`),
      'none of the driver or its tools',
    ),
  );
  const names = await read(installedPackageNames, (all) => `${all.size} packages`);
  const sources = await read(aptSources, (all) =>
    list(
      all.map(({ path }) => path),
      'none',
    ),
  );
  const initramfs = await read(initramfsTool, (tool) => tool ?? 'none');
  const imageNames = await facts.of(initramfsNames);
  const [hybrid, multi] = [await facts.of(hybridGraphics), await facts.of(multilib)];
  const inUse = modules.known && modules.value.some(({ name }) => name === 'nvidia');
  const holders: Known<readonly GpuHolder[]> = inUse ? await facts.of(gpuHolders) : { known: true, value: [], source: '/proc/modules' };
  const { unit: displayUnit, loose: looseServers } = await displayUnitOf(facts, display);
  const leftovers = await read(driverLeftovers, ({ runDriver, alternateInstall }) =>
    list(
      [...(runDriver ? ['a driver of a .run installer'] : []), ...alternateInstall.map((which) => `alternate-install-${which}`)],
      'none',
    ),
  );
  const users = await read(driverUsers, (units) => list(units, 'none'));
  const virtual = await read(virtualization, ({ kind, name }) => (kind === 'none' ? 'none' : `${kind}${name ? ` (${name})` : ''}`));
  const inWsl = await read(wsl, (yes) => (yes ? 'yes' : 'no'));
  const [machineName, boot] = [await facts.of(machineId), await facts.of(bootId)];

  const installedList = kernels.known ? kernels.value : [];
  const release = running.known ? running.value.release : undefined;
  return {
    host: facts.host,
    madeOn: {
      machineId: machineName.known ? machineName.value : null,
      bootId: boot.known ? boot.value : null,
      kernel: release ?? null,
      distribution: os.known ? os.value.pretty : null,
      architecture: architecture.known ? architecture.value : null,
    },
    lines,
    os,
    machine: architecture,
    gpus: functions.known
      ? {
          ...functions,
          value: functions.value
            .filter(({ isGpu }) => isGpu)
            .map(({ address, device, driver: owner }) => ({ address, device, owner, needs: needsOf(device) })),
        }
      : functions,
    assumedGpus: assumeGpus.map((device) => ({ address: null, device, owner: undefined, needs: needsOf(device) })),
    switches: functions.known ? functions.value.filter((each) => each.class.startsWith('0680')).map(({ address }) => address) : [],
    running: release,
    kernels: installedList,
    toCome: kernelsToCome(release, installedList),
    modules,
    blacklist,
    moduleLoading: loading,
    driver,
    secureBoot: sb,
    display,
    displayUnit,
    looseServers,
    holders,
    hybrid: hybrid.known && hybrid.value ? `${hybrid.value.maker} at ${hybrid.value.address}` : null,
    multilib: multi.known ? multi.value : null,
    packages: installed,
    packageNames: names,
    aptSources: sources,
    initramfs,
    imageNames,
    leftovers,
    driverUsers: users,
    virtualization: virtual,
    wsl: inWsl,
  };
}

/** The unit that starts the desktop; of an X server without a display manager the service that it belongs to. */
async function displayUnitOf(facts: Facts, display: Known<DisplayManager>) {
  if (!display.known) return { unit: null, loose: [] };
  if (display.value.service) return { unit: 'display-manager.service', loose: [] };
  const loose: number[] = [];
  let unit: string | null = null;
  for (const pid of display.value.xServers) {
    const place = await placeOfProcess(facts.host, pid);
    if (place.kind === 'service') unit ??= place.unit;
    else loose.push(pid);
  }
  return { unit, loose };
}

const ownerWords = (driver: string | null | undefined) =>
  driver === undefined ? 'owner unknown' : driver === null ? 'owned by no driver' : `owned by ${driver}`;

/** `10de:2684 (ada) at 0000:01:00.0` */
export const gpuWords = ({ device, needs, address }: Gpu): string =>
  `10de:${device} (${needs.architecture}${needs.assumed ? ', assumed' : ''})${address ? ` at ${address}` : ''}`;
