import type { Facts } from '../../doctor/fact.js';
import { needsOf } from '../needs-of.js';
import type { Decision, FactLine, Plan, Reason, Refusal } from '../plan.js';
import { plannedStep } from '../planned-step.js';
import { settled } from '../settled.js';
import type { Proof } from '../step.js';
import { enrolKey } from '../steps/enrol-key.js';
import { distributionName, distributionOf, signing as signings } from '../tables/distributions.js';
import { driverBranches } from '../tables/driver-branches.js';
import { aptDraft, aptEnding, checkStep, fabricStart, loadStep } from './apt-steps.js';
import { checkRunFile } from './check-run-file.js';
import { type ChosenDriver, chooseDriver } from './choose-driver.js';
import type { Draft, Ground } from './draft.js';
import { driverPackageNames, isPrebuilt } from './driver-packages.js';
import { fabricManagerPackage } from './fabric-manager.js';
import { driverPackages, installedDriver } from './installed-driver.js';
import { missingHeaders } from './missing-headers.js';
import { badRequest, blocked, obstaclesOf } from './obstacles.js';
import { obstaclesToRun } from './obstacles-to-run.js';
import { packageVersions } from './package-versions.js';
import { checkRequest, type DriverRequest, keptRequest } from './request.js';
import { runArguments } from './run-arguments.js';
import { runDraft } from './run-steps.js';
import { type Gpu, gpuWords, type Survey, surveyOf } from './survey.js';
import { type WantedInstaller, wantedInstaller } from './wanted-installer.js';

/**
 * The plan that puts the NVIDIA driver on the machine of `facts`, or why there is none. Only asks, never changes.
 * Throws a `UserError` where the request contradicts itself.
 */
export async function planDriver(facts: Facts, asked: DriverRequest, madeBy: string): Promise<Plan | Refusal> {
  checkRequest(asked);
  const survey = await surveyOf(facts, asked.assumeGpus);
  const assumptions = asked.assumeGpus.map((device) => `the GPU 10de:${device} is taken for present, on your word`);
  const head = { format: 1, goal: 'driver', madeBy, madeOn: survey.madeOn, assumptions, facts: survey.lines } as const;
  const refuse = (reasons: readonly [Reason, ...Reason[]]): Refusal => ({ ...head, outcome: 'refused', reasons });

  const obstacles = obstaclesOf(survey, asked);
  // What is only assumed may be assumed of a machine that could not have it; what was asked for wrongly stays wrong.
  const fatal = assumptions.length > 0 ? obstacles.filter(({ exitCode }) => exitCode === 2) : obstacles;
  const [first, ...more] = fatal;
  if (first) return refuse([first, ...more]);

  const wanted = asked.from === 'run' && !asked.run ? wantedInstaller(gpusToDrive(survey), survey, asked) : undefined;
  if (wanted && 'reason' in wanted) return refuse([wanted]);
  const request = wanted ? { ...asked, run: wanted.run } : asked;
  const grounds = groundOf(survey, request);
  if ('reason' in grounds) return refuse([grounds]);
  const ground = { ...grounds, fabric: await fabricManagerPackage(grounds) };
  const headers = isPrebuilt(ground) ? undefined : await missingHeaders(ground);
  if (headers && assumptions.length === 0) return refuse([headers]);
  const drafted = ground.chosen.method === 'run' ? await draftRun(ground, wanted) : await draftApt(ground);
  if ('reason' in drafted) return refuse([drafted]);

  const { host } = survey;
  const drafts = await Promise.all(drafted.steps.map((each) => plannedStep(each, host)));
  const undone = drafts.filter(({ alreadyDone }) => alreadyDone !== true).map(({ id }) => id);
  const ending = ground.chosen.method === 'run' ? [] : aptEnding(ground, undone);
  const steps = settled([...drafts, ...(await Promise.all(ending.map((each) => plannedStep(each, host))))]);
  // After a boot the kernel has taken the module by itself, or a part of it, or not.
  const followUp = ending.some(({ kind }) => kind === 'reboot')
    ? [loadStep([]), ...fabricStart(ground), checkStep(ground, null, ['load-module'])]
    : [];
  const later = await Promise.all([...drafted.afterReboot, ...followUp].map((each) => plannedStep(each, host)));
  return {
    ...head,
    outcome: 'plan',
    decisions: [
      ...ground.chosen.decisions,
      ...(wanted ? [{ what: 'installer', choice: wanted.run.version, why: `${wanted.why}; its SHA-256 is ${wanted.sha256}` }] : []),
      ...furtherDecisions(ground),
    ],
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
    request: keptRequest(asked),
  };
}

/** Those that a driver is for: not those that vfio-pci keeps. */
const gpusToDrive = ({ gpus, assumedGpus }: Survey): readonly Gpu[] => [
  ...(gpus.known ? gpus.value.filter(({ owner }) => owner !== 'vfio-pci') : []),
  ...assumedGpus,
];

function groundOf(survey: Survey, request: DriverRequest): Ground | Reason {
  const distribution = survey.os.known ? distributionOf(survey.os.value) : undefined;
  if (!distribution) throw new Error('obstaclesOf let a machine without a distribution through');
  const gpus = gpusToDrive(survey);
  const installed = survey.packages.known ? installedDriver(survey.packages.value) : undefined;
  const chosen: ChosenDriver | Reason = chooseDriver(gpus, distribution, installed, request);
  if ('reason' in chosen) return chosen;
  // Beside Mesa's, which draws the desktop, an installer's OpenGL leaves it black; packages of a distribution bring both.
  const openglFiles = request.openglFiles ?? !(chosen.method === 'run' && survey.hybrid !== null);
  const ground: Ground = {
    survey,
    request,
    distribution,
    chosen,
    openglFiles,
    desktop: isDesktop(survey) && openglFiles,
    fabric: undefined,
    signing: undefined,
  };
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

async function draftRun(ground: Ground, wanted: WantedInstaller | undefined): Promise<Draft | Reason> {
  const { request, survey, signing } = ground;
  const run = request.run!;
  const inTheWay = obstaclesToRun(ground, run);
  if (inTheWay) return inTheWay;
  const hooks = survey.leftovers.known ? survey.leftovers.value.alternateInstall : [];
  const packaged = survey.packages.known && driverPackages(survey.packages.value).length > 0;
  const args = runArguments({
    version: run.version,
    flavour: ground.chosen.flavour,
    dkms: request.dkms,
    openglFiles: ground.openglFiles,
    compat32: survey.multilib !== null,
    signing,
    // A hook that installed packages left goes with them; one that only offers packages is overruled by `--run`.
    overrideAlternateInstall: hooks.includes('available') || (hooks.includes('present') && !packaged),
  });
  if (!args.possible) return badRequest(`Cannot run \`${run.path}\` as asked: ${args.why}`, 'take a newer installer');
  const checked = wanted ? { sha256: wanted.sha256, warnings: [] } : await checkRunFile(survey.host, run, request.sha256);
  if ('reason' in checked) return checked;
  const enrolled = signing ? (await enrolKey.isDone({ certificate: signing.certificate }, survey.host)) === 'done' : true;
  const draft = runDraft(ground, { run, sha256: checked.sha256, urls: wanted?.urls }, args.args, enrolled);
  return { ...draft, warnings: [...draft.warnings, ...checked.warnings] };
}

function furtherDecisions({ survey, request, distribution, chosen, openglFiles, desktop, signing }: Ground): readonly Decision[] {
  const display = survey.display.known ? survey.display.value.service : null;
  const prebuilt = isPrebuilt({ survey, request, distribution, chosen, openglFiles, desktop, fabric: undefined, signing });
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
      why: !openglFiles
        ? request.openglFiles === false
          ? '`--no-opengl-files` leaves the OpenGL of the distribution alone'
          : `hybrid graphics: ${survey.hybrid} shows the desktop, and the installer's OpenGL in place of Mesa's would leave it black; \`--opengl-files\` installs it all the same`
        : desktop
          ? `${display ?? 'an X server'} shows a desktop here`
          : 'nothing shows a desktop here',
    },
    ...(chosen.method === 'run'
      ? [
          {
            what: '32-bit',
            choice: survey.multilib ? 'yes' : 'no',
            why: survey.multilib ? `${survey.multilib} is there: 32-bit programs run here` : 'no 32-bit program runs here',
          },
          {
            what: 'x-config',
            choice: 'no',
            why: 'X finds its driver by itself; a file of nvidia-xconfig would stand in the way of the next one',
          },
        ]
      : []),
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

function driverWarnings({ survey: { switches }, chosen: { branch }, fabric }: Ground): readonly string[] {
  const life = driverBranches.find((row) => row.branch === branch);
  return [
    ...(life?.kind === 'legacy'
      ? [`Branch ${branch} gets no fixes after ${life.endOfLife}: a newer kernel may not build it any more`]
      : []),
    ...(switches.length > 0 && fabric === undefined
      ? [
          `NVSwitch at ${switches.join(', ')}: CUDA says \`system not yet initialized\` until the fabric manager of the very same driver version runs (package nvidia-fabricmanager-${branch})`,
        ]
      : []),
  ];
}

function proofOf({ survey, chosen, desktop }: Ground): readonly Proof[] {
  const count = survey.gpus.known ? survey.gpus.value.filter(({ owner }) => owner !== 'vfio-pci').length : 0;
  const gpus = count + survey.assumedGpus.length;
  return [
    {
      file: '/proc/driver/nvidia/version',
      expect: `names a driver ${chosen.branch}.…${chosen.flavour === 'open' ? ' and `Open Kernel Module`' : ''}`,
    },
    { command: { program: 'nvidia-smi', args: ['--list-gpus'] }, expect: `lists ${gpus} GPU${gpus === 1 ? '' : 's'} and ends with 0` },
    ...(desktop
      ? []
      : [
          {
            command: { program: 'systemctl', args: ['is-active', 'nvidia-persistenced'] },
            expect: 'says `active`: it keeps the driver ready while nobody uses the GPU',
          },
        ]),
    ...(survey.switches.length > 0
      ? [
          {
            command: { program: 'systemctl', args: ['is-active', 'nvidia-fabricmanager'] },
            expect: 'says `active`: CUDA does not start before',
          },
        ]
      : []),
    { command: { program: 'gpu-setup', args: ['doctor', '--only', 'driver'] }, expect: 'finds nothing wrong' },
  ];
}
