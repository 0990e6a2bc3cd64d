import type { Facts } from '../../doctor/fact.js';
import { needsOf } from '../needs-of.js';
import type { Decision, FactLine, Plan, PlannedStep, Reason, Refusal } from '../plan.js';
import { plannedStep } from '../planned-step.js';
import type { Proof } from '../step.js';
import { enrolKey } from '../steps/enrol-key.js';
import { distributionName, distributionOf, signing as signings } from '../tables/distributions.js';
import { driverBranches } from '../tables/driver-branches.js';
import { aptDraft, aptEnding, loadStep } from './apt-steps.js';
import { type ChosenDriver, chooseDriver } from './choose-driver.js';
import type { Draft, Ground } from './draft.js';
import { driverPackageNames, isPrebuilt } from './driver-packages.js';
import { installedDriver } from './installed-driver.js';
import { missingHeaders } from './missing-headers.js';
import { badRequest, blocked, obstaclesOf } from './obstacles.js';
import { packageVersions } from './package-versions.js';
import { checkRequest, type DriverRequest, keptRequest } from './request.js';
import { runArguments } from './run-arguments.js';
import { runDraft } from './run-steps.js';
import { gpuWords, type Survey, surveyOf } from './survey.js';

/**
 * The plan that puts the NVIDIA driver on the machine of `facts`, or why there is none. Only asks, never changes.
 * Throws a `UserError` where the request contradicts itself.
 */
export async function planDriver(facts: Facts, request: DriverRequest, madeBy: string): Promise<Plan | Refusal> {
  checkRequest(request);
  const survey = await surveyOf(facts, request.assumeGpus);
  const assumptions = request.assumeGpus.map((device) => `the GPU 10de:${device} is taken for present, on your word`);
  const head = { format: 1, goal: 'driver', madeBy, madeOn: survey.madeOn, assumptions, facts: survey.lines } as const;
  const refuse = (reasons: readonly [Reason, ...Reason[]]): Refusal => ({ ...head, outcome: 'refused', reasons });

  const obstacles = obstaclesOf(survey, request);
  // What is only assumed may be assumed of a machine that could not have it; what was asked for wrongly stays wrong.
  const fatal = assumptions.length > 0 ? obstacles.filter(({ exitCode }) => exitCode === 2) : obstacles;
  const [first, ...more] = fatal;
  if (first) return refuse([first, ...more]);

  const ground = groundOf(survey, request);
  if ('reason' in ground) return refuse([ground]);
  const headers = isPrebuilt(ground) ? undefined : await missingHeaders(ground);
  if (headers && assumptions.length === 0) return refuse([headers]);
  const drafted = ground.chosen.method === 'run' ? await draftRun(ground) : await draftApt(ground);
  if ('reason' in drafted) return refuse([drafted]);

  const { host } = survey;
  const drafts = await Promise.all(drafted.steps.map((each) => plannedStep(each, host)));
  const undone = drafts.filter(({ alreadyDone }) => alreadyDone !== true).map(({ id }) => id);
  const ending = ground.chosen.method === 'run' ? [] : aptEnding(ground, undone);
  const steps = settled([...drafts, ...(await Promise.all(ending.map((each) => plannedStep(each, host))))]);
  // After a boot the kernel has taken the module by itself, or a part of it, or not.
  const followUp = ending.some(({ kind }) => kind === 'reboot') ? [loadStep([])] : [];
  const later = await Promise.all([...drafted.afterReboot, ...followUp].map((each) => plannedStep(each, host)));
  return {
    ...head,
    outcome: 'plan',
    decisions: [...ground.chosen.decisions, ...furtherDecisions(ground)],
    preflight: drafted.preflight,
    warnings: [
      ...warningsOf(survey),
      ...driverWarnings(ground),
      ...[...obstacles, ...(headers ? [headers] : [])].map(({ reason }) => `Without the assumption there would be no plan: ${reason}`),
      ...drafted.warnings,
    ],
    steps,
    // How the machine is now says nothing of how it will be then.
    afterReboot: later.map((each) => ({ ...each, alreadyDone: null })),
    needs: needsOf(steps),
    complete: !steps.some(({ kind, alreadyDone }) => kind === 'reboot' && alreadyDone !== true),
    proof: proofOf(ground),
    request: keptRequest(request),
  };
}

/** What runs now, and is stopped or replaced by a step that is still to be done, must be started again after that. */
function settled(steps: readonly PlannedStep[]): readonly PlannedStep[] {
  const undone = new Set<string>();
  return steps.map((each) => {
    const starts = each.kind === 'start-unit' || each.kind === 'load-modules';
    const again = starts && each.after.some((id) => undone.has(id)) ? { ...each, alreadyDone: false } : each;
    if (again.alreadyDone !== true) undone.add(again.id);
    return again;
  });
}

function groundOf(survey: Survey, request: DriverRequest): Ground | Reason {
  const distribution = survey.os.known ? distributionOf(survey.os.value) : undefined;
  if (!distribution) throw new Error('obstaclesOf let a machine without a distribution through');
  const present = survey.gpus.known ? survey.gpus.value.filter(({ owner }) => owner !== 'vfio-pci') : [];
  const gpus = [...present, ...survey.assumedGpus];
  const installed = survey.packages.known ? installedDriver(survey.packages.value) : undefined;
  const chosen: ChosenDriver | Reason = chooseDriver(gpus, distribution, installed, request);
  if ('reason' in chosen) return chosen;
  const ground: Ground = { survey, request, distribution, chosen, desktop: isDesktop(survey) && request.openglFiles, signing: undefined };
  const mustSign =
    survey.secureBoot.known && survey.secureBoot.value.state === 'enabled' && !(chosen.method === 'apt' && isPrebuilt(ground));
  if (!mustSign) return ground;
  if (!distribution.signing) {
    return blocked(
      `Secure Boot is on, and DKMS of ${distributionName(distribution)} signs no modules: the kernel would refuse the driver`,
      'switch Secure Boot off in the firmware, or upgrade the distribution',
    );
  }
  return { ...ground, signing: signings[distribution.signing]! };
}

/** A machine that shows something: a display manager and a graphical boot, or an X server that somebody started. */
function isDesktop({ display }: Survey): boolean {
  if (!display.known) return false;
  const { service, defaultTarget, xServers } = display.value;
  return xServers.length > 0 || (service !== null && defaultTarget !== 'multi-user.target');
}

async function draftApt(ground: Ground): Promise<Draft | Reason> {
  const { driver } = ground.request;
  const names = driverPackageNames(ground);
  if (!driver?.includes('.')) return aptDraft(ground, new Map());
  const versions = await packageVersions(ground.survey.host, names, driver);
  if (!versions)
    return badRequest(`Cannot ask apt which package is driver ${driver}`, `ask for the branch, \`--driver ${ground.chosen.branch}\``);
  if (!versions.has(names[0]!)) {
    return badRequest(
      `apt has no ${names[0]} of version ${driver}`,
      `ask for the branch, \`--driver ${ground.chosen.branch}\`, or pass the installer with \`--run\``,
    );
  }
  return aptDraft(ground, versions);
}

async function draftRun(ground: Ground): Promise<Draft | Reason> {
  const { request, survey, signing } = ground;
  const run = request.run!;
  const hooks = survey.leftovers.known ? survey.leftovers.value.alternateInstall : [];
  const args = runArguments({
    version: run.version,
    flavour: ground.chosen.flavour,
    dkms: request.dkms,
    openglFiles: request.openglFiles,
    signing,
    // A hook that installed packages left goes with them; one that only offers packages is overruled by `--run`.
    overrideAlternateInstall: hooks.includes('available'),
  });
  if (!args.possible) return badRequest(`Cannot run \`${run.path}\` as asked: ${args.why}`, 'take a newer installer');
  const there = await survey.host.stat(run.path);
  if (there.outcome === 'absent' && survey.host.origin === 'live')
    return badRequest(`There is no \`${run.path}\``, 'download it first; the plan never downloads an installer');
  const enrolled = signing ? (await enrolKey.isDone({ certificate: signing.certificate }, survey.host)) === 'done' : true;
  const draft = runDraft(ground, run, args.args, enrolled);
  return there.outcome === 'status'
    ? draft
    : {
        ...draft,
        warnings: [
          ...draft.warnings,
          `\`${run.path}\` could not be looked at: ${there.outcome === 'unavailable' ? there.why : 'it is not there yet'}`,
        ],
      };
}

function furtherDecisions({ survey, request, distribution, chosen, desktop, signing }: Ground): readonly Decision[] {
  const display = survey.display.known ? survey.display.value.service : null;
  const prebuilt = isPrebuilt({ survey, request, distribution, chosen, desktop, signing });
  return [
    {
      what: 'dkms',
      choice: request.dkms || (!prebuilt && chosen.method === 'apt') ? 'yes' : 'no',
      why: request.dkms
        ? '`--dkms` asks for it: the module is built again for each new kernel'
        : chosen.method === 'run'
          ? '`--dkms` was not given'
          : prebuilt
            ? `${distributionName(distribution)} has the module built and signed for its kernels`
            : chosen.kept
              ? 'the driver that is installed is built so'
              : `${distributionName(distribution)} has no other way to build the module`,
    },
    {
      what: 'libraries',
      choice: desktop ? 'desktop' : 'compute',
      why: !request.openglFiles
        ? '`--no-opengl-files` leaves the OpenGL of the distribution alone'
        : desktop
          ? `${display ?? 'an X server'} shows a desktop here`
          : 'nothing shows a desktop here',
    },
    {
      what: 'signing',
      choice: signing ? signing.certificate : 'none',
      why: signing
        ? 'Secure Boot is on, and refuses modules of an unknown key'
        : survey.secureBoot.known
          ? secureBootWords(survey.secureBoot.value.state, prebuilt)
          : `whether Secure Boot is on is not known: ${survey.secureBoot.why}`,
    },
  ];
}

const secureBootWords = (state: 'enabled' | 'disabled' | 'no-efi', prebuilt: boolean) =>
  state === 'no-efi'
    ? 'this machine did not boot by EFI, so there is no Secure Boot'
    : state === 'disabled'
      ? 'Secure Boot is off'
      : prebuilt
        ? 'the distribution signed the module'
        : 'not needed';

function warningsOf({ gpus, assumedGpus, lines, host }: Survey): readonly string[] {
  const all = [...(gpus.known ? gpus.value : []), ...assumedGpus];
  const unknown = lines.filter(({ value }) => value === null).map(({ name, source }: FactLine) => `${name} (${source})`);
  return [
    ...all.flatMap(({ needs }) => (needs.assumed ? [needs.assumed] : [])),
    ...all
      .filter(({ owner }) => owner === 'vfio-pci')
      .map((gpu) => `vfio-pci keeps ${gpuWords(gpu)} for virtual machines; the plan leaves it there`),
    ...(host.origin === 'live' || unknown.length === 0 ? [] : [`Not known of this machine: ${unknown.join('; ')}`]),
  ];
}

function driverWarnings({ survey: { switches }, chosen: { branch } }: Ground): readonly string[] {
  const life = driverBranches.find((row) => row.branch === branch);
  return [
    ...(life?.kind === 'legacy'
      ? [`Branch ${branch} gets no fixes after ${life.endOfLife}: a newer kernel may not build it any more`]
      : []),
    ...(switches.length > 0
      ? [
          `NVSwitch at ${switches.join(', ')}: CUDA says \`system not yet initialized\` until the fabric manager of the very same driver version runs (package nvidia-fabricmanager-${branch})`,
        ]
      : []),
  ];
}

function proofOf({ survey, chosen }: Ground): readonly Proof[] {
  const count = survey.gpus.known ? survey.gpus.value.filter(({ owner }) => owner !== 'vfio-pci').length : 0;
  const gpus = count + survey.assumedGpus.length;
  return [
    {
      file: '/proc/driver/nvidia/version',
      expect: `names a driver ${chosen.branch}.…${chosen.flavour === 'open' ? ' and `Open Kernel Module`' : ''}`,
    },
    { command: { program: 'nvidia-smi', args: ['--list-gpus'] }, expect: `lists ${gpus} GPU${gpus === 1 ? '' : 's'} and ends with 0` },
    { command: { program: 'gpu-setup', args: ['doctor', '--only', 'driver'] }, expect: 'finds nothing wrong' },
  ];
}
