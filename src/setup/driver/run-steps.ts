import type { Preflight } from '../plan.js';
import { type Step, step } from '../step.js';
import { buildDkms } from '../steps/build-dkms.js';
import { downloadFile } from '../steps/download-file.js';
import { removePackages } from '../steps/remove-packages.js';
import { runInstaller } from '../steps/run-installer.js';
import { startUnit } from '../steps/start-unit.js';
import { stopUnit } from '../steps/stop-unit.js';
import { unloadModules } from '../steps/unload-modules.js';
import { checkStep, desktopEnds, loadStep, rebootStep, startDisplay, stopDisplay } from './apt-steps.js';
import { enrolKeyStep, rivalSteps, signingKeyStep, toolPackages, toolsStep } from './common-steps.js';
import { type Draft, type Ground, rivalsAtWork } from './draft.js';
import { driverPackages } from './installed-driver.js';
import type { RunFile } from './request.js';
import { modulesToUnload } from './unloading.js';

/** The installer that is run. */
export interface Installer {
  readonly run: RunFile;
  /** What it has to have when it is run; undefined where nobody could look. */
  readonly sha256: string | undefined;
  /** Where it is loaded from; undefined of a file that somebody has. */
  readonly urls: readonly string[] | undefined;
}

/**
 * Steps around a .run installer. With `--silent` it gives up without a question where nouveau or an NVIDIA module is in use,
 * an X server runs, or the distribution offers packages (nvidia-installer misc.c and kernel.c): all four are seen to before.
 */
export function runDraft(ground: Ground, { run, sha256, urls }: Installer, args: readonly string[], keyEnrolled: boolean): Draft {
  const { survey, request } = ground;
  const tools = toolPackages(ground);
  const first: Step<unknown>[] = [];
  const last = () => first.slice(-1).map(({ id }) => id);

  // Before anything is taken away: where it cannot be had, all stays as it is.
  if (urls && sha256 !== undefined)
    first.push(
      step(
        downloadFile,
        { urls, path: run.path, sha256 },
        {
          id: 'download-installer',
          because: [],
          why: 'The installer is not here; what is run is what has the checksum that is known',
          after: [],
        },
      ),
    );
  const ours = survey.packages.known ? driverPackages(survey.packages.value).map(({ name }) => name) : [];
  if (ours.length > 0) {
    first.push(
      step(
        removePackages,
        { packages: ours },
        {
          id: 'remove-driver-packages',
          because: ['driver/mixed-installers'],
          why: 'A driver of packages is here: their files and those of the installer would overwrite each other at every update',
          after: last(),
        },
      ),
    );
  }
  first.push(...toolsStep(ground, tools.packages, last()));
  first.push(...signingKeyStep(ground, last()));
  const rival = rivalSteps(ground, last());
  first.push(...rival.steps);
  first.push(...enrolKeyStep(ground, ['create-signing-key']));

  const rivals = rivalsAtWork(survey);
  const reasons = [
    ...(rivals.length > 0 ? [`only a reboot takes ${rivals.join(' and ')} off the GPU, and the installer gives up before`] : []),
    ...(ground.signing && !keyEnrolled
      ? ['only at boot the firmware takes our key, and the installer gives up when the kernel refuses its module']
      : []),
  ];
  const second = installation(ground, { run, sha256 }, args, { afterBoot: reasons.length > 0, replacesPackages: ours.length > 0 });
  const ids = [...first, ...second, ...(reasons.length > 0 ? [{ id: 'reboot' }] : [])].map(({ id }) => id);
  const warnings = [
    ...tools.warnings,
    ...rival.warnings,
    ...(ids.includes('stop-display') ? [desktopEnds] : []),
    ...(request.dkms ? [] : ['Without `--dkms` the module is gone after the next kernel update']),
  ];
  const preflight = preflightOf(ground, ids, args);
  return reasons.length > 0
    ? {
        steps: [
          ...first,
          rebootStep(
            ground,
            reasons,
            first.map(({ id }) => id),
          ),
        ],
        afterReboot: second,
        preflight,
        warnings,
      }
    : { steps: [...first, ...second], afterReboot: [], preflight, warnings };
}

/** Services that keep the module in use, those that we know first, in the order to stop them. */
export function unitsInTheWay({
  driverUsers,
  holders,
  displayUnit,
}: Pick<Ground['survey'], 'driverUsers' | 'holders' | 'displayUnit'>): readonly string[] {
  const known = driverUsers.known ? driverUsers.value : [];
  const others = (holders.known ? holders.value : []).flatMap(({ place }) => (place.kind === 'service' ? [place.unit] : []));
  return [
    ...new Set([...others.filter((unit) => unit !== displayUnit && !known.includes(unit) && !isDisplayManager.test(unit)), ...known]),
  ];
}

/** They go with `display-manager.service`, whose other names they are. */
const isDisplayManager = /^(gdm3?|lightdm|sddm|lxdm|xdm|slim|nodm|greetd|ly)(@\w+)?\.service$/;

/** The installer itself, with whatever holds the GPU out of its way. */
function installation(
  { survey, request, chosen }: Ground,
  { run, sha256 }: Pick<Installer, 'run' | 'sha256'>,
  args: readonly string[],
  { afterBoot, replacesPackages }: { afterBoot: boolean; replacesPackages: boolean },
): readonly Step<unknown>[] {
  const steps: Step<unknown>[] = [];
  const service = survey.displayUnit;
  if (service) steps.push(stopDisplay(service, 'the installer gives up while an X server runs'));
  const users = unitsInTheWay(survey);
  for (const unit of users) {
    steps.push(
      step(
        stopUnit,
        { unit },
        { id: `stop-${unit.replace(/\.service$/, '')}`, because: [], why: `${unit} keeps the module in use`, after: [] },
      ),
    );
  }
  const toUnload = survey.modules.known ? modulesToUnload(survey.modules.value) : [];
  if (toUnload.length > 0 && !afterBoot) {
    steps.push(
      step(
        unloadModules,
        { modules: toUnload },
        {
          id: 'unload-modules',
          because: ['driver/module-not-loaded'],
          why: 'The installer gives up while an NVIDIA module is in the kernel',
          after: steps.map(({ id }) => id),
        },
      ),
    );
  }
  steps.push(
    step(
      runInstaller,
      { file: run.path, version: run.version, args, ...(sha256 === undefined ? {} : { sha256 }) },
      {
        id: 'install-driver',
        because: ['driver/module-missing', 'driver/nvidia-smi-fails'],
        why: `Driver ${run.version} with the ${chosen.flavour} kernel module drives every GPU here`,
        after: steps.map(({ id }) => id),
      },
    ),
  );
  if (request.dkms && survey.toCome.length > 0) {
    steps.push(
      step(
        buildDkms,
        { version: run.version, kernels: survey.toCome },
        {
          id: 'build-module',
          because: ['driver/dkms-not-built', 'driver/module-missing'],
          why: 'The installer ends with 0 even where DKMS failed, and builds for the running kernel only',
          after: ['install-driver'],
        },
      ),
    );
  }
  steps.push(loadStep([steps.at(-1)!.id]));
  // A service that came with the packages went with them.
  for (const unit of replacesPackages ? [] : users.toReversed()) {
    steps.push(
      step(
        startUnit,
        { unit },
        { id: `start-${unit.replace(/\.service$/, '')}`, because: [], why: 'It was stopped for the installation', after: ['load-module'] },
      ),
    );
  }
  if (service) steps.push(startDisplay(service, ['load-module']));
  steps.push(checkStep({ survey }, run.version, ['load-module']));
  return steps;
}

/** The four reasons for which a silent installer gives up. */
function preflightOf({ survey }: Ground, ids: readonly string[], args: readonly string[]): readonly Preflight[] {
  const there = (...wanted: readonly string[]) => wanted.filter((id) => ids.includes(id));
  const rivals = rivalsAtWork(survey);
  const loaded = survey.modules.known ? survey.modules.value.map(({ name }) => name).filter((name) => name.startsWith('nvidia')) : [];
  const { service, xServers } = survey.display.known ? survey.display.value : { service: survey.displayUnit, xServers: [] };
  const hooks = survey.leftovers.known ? survey.leftovers.value.alternateInstall : [];
  return [
    {
      question: 'Does nouveau or nova_core hold the GPU?',
      found: rivals.length > 0 ? rivals.join(', ') : survey.modules.known ? 'no' : `not known: ${survey.modules.why}`,
      handledBy: rivals.length > 0 ? there('blacklist-nouveau', 'rebuild-initramfs', 'reboot') : [],
    },
    {
      question: 'Is an NVIDIA module in the kernel?',
      found: loaded.length > 0 ? `${loaded.join(', ')}${heldBy(survey)}` : survey.modules.known ? 'no' : `not known: ${survey.modules.why}`,
      handledBy:
        loaded.length > 0
          ? there(...unitsInTheWay(survey).map((unit) => `stop-${unit.replace(/\.service$/, '')}`), 'unload-modules', 'reboot')
          : [],
    },
    {
      question: 'Does an X server run?',
      found:
        xServers.length > 0
          ? `process ${xServers.join(', ')}`
          : service
            ? `${service} starts one at boot`
            : survey.display.known
              ? 'no'
              : `not known: ${survey.display.why}`,
      handledBy: xServers.length > 0 || service ? there('stop-display', 'start-display') : [],
    },
    {
      question: 'Does the distribution ask for its own packages instead?',
      found: hooks.length > 0 ? hooks.map((which) => `/usr/lib/nvidia/alternate-install-${which}`).join(', ') : 'no',
      handledBy:
        hooks.length === 0 ? [] : args.includes('--no-check-for-alternate-installs') ? ['install-driver'] : there('remove-driver-packages'),
    },
  ];
}

/** Who has the module in use, in words. */
function heldBy({ holders }: Ground['survey']): string {
  if (!holders.known || holders.value.length === 0) return '';
  return `, in use by ${holders.value.map(({ name, pid }) => `${name} (process ${pid})`).join(', ')}`;
}
