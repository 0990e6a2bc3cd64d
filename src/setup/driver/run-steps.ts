import type { Preflight } from '../plan.js';
import { type Step, step } from '../step.js';
import { buildDkms } from '../steps/build-dkms.js';
import { removePackages } from '../steps/remove-packages.js';
import { runInstaller } from '../steps/run-installer.js';
import { startUnit } from '../steps/start-unit.js';
import { stopUnit } from '../steps/stop-unit.js';
import { unloadModules, unloadOrder } from '../steps/unload-modules.js';
import { desktopEnds, loadStep, rebootStep, startDisplay, stopDisplay } from './apt-steps.js';
import { enrolKeyStep, rivalSteps, signingKeyStep, toolPackages, toolsStep } from './common-steps.js';
import { type Draft, type Ground, rivalsAtWork } from './draft.js';
import { driverPackages } from './installed-driver.js';
import type { RunFile } from './request.js';

/**
 * Steps around a .run installer. With `--silent` it gives up without a question where nouveau or an NVIDIA module is in use,
 * an X server runs, or the distribution offers packages (nvidia-installer misc.c and kernel.c): all four are seen to before.
 */
export function runDraft(ground: Ground, run: RunFile, args: readonly string[], keyEnrolled: boolean): Draft {
  const { survey, request } = ground;
  const tools = toolPackages(ground);
  const first: Step<unknown>[] = [];
  const last = () => first.slice(-1).map(({ id }) => id);

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
          after: [],
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
  const second = installation(ground, run, args, { afterBoot: reasons.length > 0, replacesPackages: ours.length > 0 });
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

/** The installer itself, with whatever holds the GPU out of its way. */
function installation(
  { survey, request, chosen }: Ground,
  run: RunFile,
  args: readonly string[],
  { afterBoot, replacesPackages }: { afterBoot: boolean; replacesPackages: boolean },
): readonly Step<unknown>[] {
  const steps: Step<unknown>[] = [];
  const service = survey.display.known ? survey.display.value.service : null;
  if (service) steps.push(stopDisplay('the installer gives up while an X server runs'));
  const users = survey.driverUsers.known ? survey.driverUsers.value : [];
  for (const unit of users) {
    steps.push(
      step(
        stopUnit,
        { unit },
        { id: `stop-${unit.replace(/\.service$/, '')}`, because: [], why: `${unit} keeps the module in use`, after: [] },
      ),
    );
  }
  const loaded = survey.modules.known ? survey.modules.value.map(({ name }) => name) : [];
  const toUnload = unloadOrder.filter((name) => loaded.includes(name));
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
      { file: run.path, version: run.version, args },
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
  if (service) steps.push(startDisplay(['load-module']));
  return steps;
}

/** The four reasons for which a silent installer gives up. */
function preflightOf({ survey }: Ground, ids: readonly string[], args: readonly string[]): readonly Preflight[] {
  const there = (...wanted: readonly string[]) => wanted.filter((id) => ids.includes(id));
  const rivals = rivalsAtWork(survey);
  const loaded = survey.modules.known ? survey.modules.value.map(({ name }) => name).filter((name) => name.startsWith('nvidia')) : [];
  const { service, xServers } = survey.display.known ? survey.display.value : { service: null, xServers: [] };
  const hooks = survey.leftovers.known ? survey.leftovers.value.alternateInstall : [];
  return [
    {
      question: 'Does nouveau or nova_core hold the GPU?',
      found: rivals.length > 0 ? rivals.join(', ') : survey.modules.known ? 'no' : `not known: ${survey.modules.why}`,
      handledBy: rivals.length > 0 ? there('blacklist-nouveau', 'rebuild-initramfs', 'reboot') : [],
    },
    {
      question: 'Is an NVIDIA module in the kernel?',
      found: loaded.length > 0 ? loaded.join(', ') : survey.modules.known ? 'no' : `not known: ${survey.modules.why}`,
      handledBy: loaded.length > 0 ? there('unload-modules', 'reboot') : [],
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
      handledBy: xServers.length > 0 || service ? there('stop-display') : [],
    },
    {
      question: 'Does the distribution ask for its own packages instead?',
      found: hooks.length > 0 ? hooks.map((which) => `/usr/lib/nvidia/alternate-install-${which}`).join(', ') : 'no',
      handledBy:
        hooks.length === 0 ? [] : args.includes('--no-check-for-alternate-installs') ? ['install-driver'] : there('remove-driver-packages'),
    },
  ];
}
