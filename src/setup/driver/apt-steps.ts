import type { CheckId } from '../../doctor/finding.js';
import { type Step, step } from '../step.js';
import { buildDkms } from '../steps/build-dkms.js';
import { checkDriver } from '../steps/check-driver.js';
import { installPackages } from '../steps/install-packages.js';
import { loadModules } from '../steps/load-modules.js';
import { reboot } from '../steps/reboot.js';
import { removeRunDriver } from '../steps/remove-run-driver.js';
import { startUnit } from '../steps/start-unit.js';
import { stopUnit } from '../steps/stop-unit.js';
import { enrolKeyStep, holding, presentOf, rivalSteps, signingKeyStep, sourcesSteps, toolPackages, toolsStep } from './common-steps.js';
import { type Draft, type Ground, rivalsAtWork } from './draft.js';
import { driverPackageNames, isPrebuilt } from './driver-packages.js';
import { driverPackages, installedDriver } from './installed-driver.js';

/** Steps that put the distribution's packages of the chosen driver there. `versions` pins packages to one version. */
export function aptDraft(ground: Ground, versions: ReadonlyMap<string, string>): Draft {
  const { survey, chosen, request } = ground;
  const warnings: string[] = [];
  const steps: Step<unknown>[] = [];
  const last = () => steps.slice(-1).map(({ id }) => id);

  if (survey.leftovers.known && survey.leftovers.value.runDriver) {
    if (survey.displayUnit) {
      steps.push(stopDisplay(survey.displayUnit, 'the uninstaller does not run beside an X server'));
      warnings.push(desktopEnds);
    }
    steps.push(
      step(
        removeRunDriver,
        {},
        {
          id: 'remove-run-driver',
          because: ['driver/mixed-installers'],
          why: 'A driver of a .run installer is here; its files and those of the packages would overwrite each other',
          after: last(),
        },
      ),
    );
  }
  steps.push(...sourcesSteps(ground));
  const tools = toolPackages(ground);
  warnings.push(...tools.warnings);
  steps.push(
    ...toolsStep(
      ground,
      tools.packages,
      steps.map(({ id }) => id).filter((id) => id.startsWith('enable-components')),
    ),
  );
  if (request.dkms || !isPrebuilt(ground)) steps.push(...signingKeyStep(ground, last()));

  const names = driverPackageNames(ground);
  const pinned = names.map((name) => (versions.has(name) ? `${name}=${versions.get(name)}` : name));
  const before = survey.packages.known ? installedDriver(survey.packages.value) : undefined;
  const replaced = before && (before.branch !== chosen.branch || before.flavour !== chosen.flavour);
  if (replaced)
    warnings.push(
      `apt will take out the ${before.flavour} driver of branch ${before.branch}: look at what \`apt-get --simulate install ${pinned.join(' ')}\` removes`,
    );
  const held = survey.packages.known ? driverPackages(survey.packages.value).filter((each) => each.held) : [];
  if (held.length > 0)
    warnings.push(`Held packages stay at their version: ${held.map(({ name }) => name).join(', ')}; \`apt-mark unhold\` lets go of them`);
  steps.push(
    step(
      installPackages,
      {
        packages: pinned,
        // The tools may be there already, and the lists still be those of before the components, or of a failure days ago.
        refresh: true,
        recommends: ground.desktop,
        hold: versions.size > 0,
        present: presentOf(ground, names),
        ...(replaced ? { mayRemove: true } : {}),
      },
      {
        id: 'install-driver',
        because: ['driver/module-missing', 'driver/nvidia-smi-fails'],
        why: `Branch ${chosen.branch} with the ${chosen.flavour} kernel module drives every GPU here`,
        after: last(),
      },
    ),
  );
  if (ground.fabric !== undefined)
    steps.push(
      step(
        installPackages,
        {
          packages: [ground.fabric],
          refresh: false,
          recommends: false,
          hold: versions.size > 0,
          present: presentOf(ground, [ground.fabric.split('=', 1)[0]!]),
        },
        {
          id: 'install-fabric-manager',
          because: ['driver/fabric-manager-not-running'],
          why: `NVSwitch at ${survey.switches.join(', ')}: CUDA does not start before the fabric manager of the very same version runs`,
          after: ['install-driver'],
        },
      ),
    );
  if (!isPrebuilt(ground) && survey.toCome.length > 0) {
    steps.push(
      step(
        buildDkms,
        { version: null, kernels: survey.toCome },
        {
          id: 'build-module',
          because: ['driver/dkms-not-built', 'driver/module-missing'],
          why: 'A package installation succeeds even where its DKMS build failed, and builds for some kernels only',
          after: ['install-driver'],
        },
      ),
    );
  }
  const rival = rivalSteps(ground, last());
  warnings.push(...rival.warnings);
  steps.push(...rival.steps);
  if (request.dkms || !isPrebuilt(ground)) steps.push(...enrolKeyStep(ground, ['create-signing-key']));
  return { steps, afterReboot: [], preflight: [], warnings };
}

/** What ends the plan: a reboot where something in the running kernel stands in the way, else the module is loaded. */
export function aptEnding(ground: Ground, undone: readonly string[]): readonly Step<unknown>[] {
  const { survey } = ground;
  const rivals = rivalsAtWork(survey);
  const loaded = survey.driver.known && survey.driver.value.loaded.known ? survey.driver.value.loaded.value : null;
  const driverChanges = undone.some((id) => ['install-driver', 'build-module', 'remove-run-driver'].includes(id));
  const reasons = [
    ...(rivals.length > 0 ? [`only a reboot takes ${rivals.join(' and ')} off the GPU`] : []),
    ...(undone.includes('enrol-key') ? ['only at boot the firmware takes our key, when somebody confirms it on the console'] : []),
    ...(loaded && driverChanges ? [`driver ${loaded.version} is in the kernel, and the libraries on disk will be others`] : []),
  ];
  if (reasons.length > 0) return [rebootStep(ground, reasons, undone)];
  const stopped = undone.includes('stop-display') && survey.displayUnit ? [startDisplay(survey.displayUnit, ['load-module'])] : [];
  return [loadStep(['install-driver']), ...fabricStart(ground), ...stopped, checkStep(ground, null, ['load-module'])];
}

/** The fabric manager, where it comes with this plan. */
export const fabricStart = ({ fabric }: Pick<Ground, 'fabric'>): readonly Step<unknown>[] =>
  fabric === undefined
    ? []
    : [
        step(
          startUnit,
          { unit: 'nvidia-fabricmanager.service' },
          {
            id: 'start-fabric-manager',
            because: ['driver/fabric-manager-not-running'],
            why: 'CUDA says `system not yet initialized` until it runs',
            after: ['load-module'],
          },
        ),
      ];

/** What an installation ends with: `version` is what was installed, where that is known before. */
export const checkStep = ({ survey }: Pick<Ground, 'survey'>, version: string | null, after: readonly string[]): Step<unknown> => {
  const gpus = survey.gpus.known ? survey.gpus.value.filter(({ owner }) => owner !== 'vfio-pci').length : 0;
  return step(
    checkDriver,
    { version, gpus: gpus + survey.assumedGpus.length },
    {
      id: 'check-driver',
      because: [],
      why: 'A module of one version beside libraries of another, or without its nodes in /dev, is a driver for nobody',
      after,
    },
  );
};

/** The reboot that ends a plan; `reasons` say what waits for it. */
export function rebootStep({ survey }: Pick<Ground, 'survey'>, reasons: readonly string[], after: readonly string[]): Step<unknown> {
  const because: CheckId[] = [
    ...(rivalsAtWork(survey).length > 0 ? holding : []),
    ...(after.includes('enrol-key') ? (['kernel/secure-boot-rejects-module'] as const) : []),
  ];
  const why = reasons.join('; ');
  return step(
    reboot,
    { bootId: survey.madeOn.bootId },
    {
      id: 'reboot',
      because: because.length > 0 ? because : ['driver/version-mismatch'],
      why: why.charAt(0).toUpperCase() + why.slice(1),
      after,
    },
  );
}

export const loadStep = (after: readonly string[]): Step<unknown> =>
  step(
    loadModules,
    { modules: ['nvidia', 'nvidia_uvm'] },
    {
      id: 'load-module',
      because: ['driver/module-not-loaded'],
      why: 'Nothing else holds the GPU, so the driver can take it without a reboot',
      after,
    },
  );

/** Whoever works in the desktop that a plan stops would lose the terminal that carries it out. */
export const desktopEnds = 'The plan stops the desktop: carry it out from a text console or over ssh';

export const stopDisplay = (unit: string, why: string): Step<unknown> =>
  step(
    stopUnit,
    { unit },
    { id: 'stop-display', because: [], why: `The desktop ends, and whoever works there with it: ${why}`, after: [] },
  );

export const startDisplay = (unit: string, after: readonly string[]): Step<unknown> =>
  step(startUnit, { unit }, { id: 'start-display', because: [], why: 'The desktop was stopped for the installation', after });
