import { z } from 'zod';
import type { Facts } from '../../doctor/fact.js';
import { dkms } from '../../doctor/facts/dkms.js';
import { runManifest } from '../../doctor/facts/run-manifest.js';
import { freeingSteps } from '../nouveau/plan-nouveau.js';
import type { Decision, Plan, Reason, Refusal } from '../plan.js';
import { type GoalDraft, planGoal, wholeKernels } from '../plan-goal.js';
import { type Json, type Proof, type Step, step } from '../step.js';
import { removalOf } from '../steps/apt-get.js';
import { rivals } from '../steps/check-gpu-owner.js';
import { rebuildInitramfs } from '../steps/rebuild-initramfs.js';
import { removeDkms } from '../steps/remove-dkms.js';
import { removePackages } from '../steps/remove-packages.js';
import { removeRunDriver } from '../steps/remove-run-driver.js';
import { stopUnit } from '../steps/stop-unit.js';
import { unloadModules } from '../steps/unload-modules.js';
import { desktopEnds, rebootStep, startDisplay, stopDisplay } from './apt-steps.js';
import { namesIn } from './common-steps.js';
import { desktopAmong } from './desktop-packages.js';
import { driverPackages } from './installed-driver.js';
import { badRequest, blocked } from './obstacles.js';
import { holderObstacle } from './obstacles-to-run.js';
import { unitsInTheWay } from './run-steps.js';
import type { Survey } from './survey.js';
import { modulesToUnload } from './unloading.js';

/** What was asked for on the command line of `uninstall-driver`. */
export interface RemovalRequest {
  /** Let nouveau and nova_core have the GPU again. */
  readonly enableNouveau: boolean;
}

const kept = z.strictObject({ enableNouveau: z.boolean() });
export const removalRequest = (json: Json | undefined): RemovalRequest => kept.parse(json);

/** The plan that takes NVIDIA's driver away, however it came. Only asks, never changes. */
export const planRemoval = (facts: Facts, request: RemovalRequest, madeBy: string): Promise<Plan | Refusal> =>
  planGoal('no-driver', facts, madeBy, (survey) => draft(facts, survey, request));

async function draft(facts: Facts, survey: Survey, request: RemovalRequest): Promise<GoalDraft | Reason> {
  if (!survey.packages.known) return badRequest(`Cannot see which packages are installed: ${survey.packages.why}`, 'run it as root');
  if (survey.leftovers.known && survey.leftovers.value.runDriver === undefined)
    return badRequest('Cannot see whether a .run installer was used: `/usr/bin/nvidia-uninstall` cannot be looked at', 'run it as root');
  const own = packagesOfDriver(survey.packages.value);
  const held = own.some((each) => each.held);
  const byRun = survey.leftovers.known && survey.leftovers.value.runDriver === true;
  const manifest = await facts.of(runManifest);
  const status = await facts.of(dkms);
  const built =
    status.known && status.value ? status.value.entries.filter(({ module }) => module === 'nvidia' || module.startsWith('nvidia-')) : [];
  const modules = [...new Map(built.map(({ module, version }) => [`${module}/${version}`, { module, version }])).values()];

  if (!byRun && manifest.known && manifest.value !== null)
    return blocked(
      'A .run installer put a driver here, and its uninstaller `/usr/bin/nvidia-uninstall` is gone',
      `run \`NVIDIA-Linux-….run --uninstall\` of that driver${manifest.value.driver ? ` (${manifest.value.driver})` : ''}: it knows what to put back from /var/lib/nvidia`,
    );
  const along = await goesAlong(
    survey,
    own.map(({ name }) => name),
    held,
  );
  if ('reason' in along) return along;
  const packages = [...own.map(({ name }) => name), ...along.names];
  const nothing = packages.length === 0 && !byRun && modules.length === 0;

  const inUse = nothing ? undefined : holderObstacle(survey);
  if (inUse) return inUse;
  const cleared = nothing ? { stops: [], unload: [], starts: [], service: null, left: [] } : clearing(survey);
  const steps: Step<unknown>[] = [...cleared.stops, ...cleared.unload];
  const ids = () => steps.map(({ id }) => id);
  if (byRun)
    steps.push(
      step(
        removeRunDriver,
        {},
        {
          id: 'remove-run-driver',
          because: packages.length > 0 ? ['driver/mixed-installers'] : [],
          why:
            packages.length > 0
              ? 'Its uninstaller puts back the files of packages that it had replaced: it goes first, so that apt finds its own'
              : "NVIDIA's own uninstaller knows every file that its installer wrote, and what it had replaced",
          after: ids(),
        },
      ),
    );
  if (packages.length > 0)
    steps.push(
      step(
        removePackages,
        { packages, ...(held ? { held } : {}) },
        { id: 'remove-driver-packages', because: [], why: 'These packages are the driver', after: ids() },
      ),
    );
  if (modules.length > 0)
    steps.push(
      step(
        removeDkms,
        { modules },
        {
          id: 'remove-from-dkms',
          because: [],
          why: 'What stays in DKMS is built again for the next kernel, without the libraries that belong to it',
          after: ids(),
        },
      ),
    );
  const freeing = request.enableNouveau ? await freeingSteps(facts, survey, ids()) : undefined;
  if (freeing && 'reason' in freeing) return freeing;
  const images = nothing ? [] : imageStep(survey, ids());
  // The images are built once, after everything that is in them.
  const freeingImages = freeing?.steps.some(({ id }) => id === 'rebuild-initramfs') ?? false;
  steps.push(...(freeing?.steps ?? []), ...(freeingImages ? [] : images));
  const reboot = request.enableNouveau && survey.gpus.known && survey.gpus.value.length > 0 && steps.length > 0;
  steps.push(...cleared.starts.map((each) => ({ ...each, after: ids() })));
  if (reboot) steps.push(rebootStep({ survey }, ['at boot the kernel gives the GPU to its own driver'], ids()));

  return {
    steps,
    afterReboot: [],
    decisions: [method(byRun, own.length > 0, modules.length > 0), nouveauDecision(survey, request)],
    warnings: [
      ...along.warnings,
      ...(freeing?.warnings ?? []),
      ...(cleared.service ? [desktopEnds] : []),
      ...(cleared.left.length > 0 ? [`${cleared.left.join(' and ')} used the driver, and stays stopped without it`] : []),
      ...(nothing ? [] : await xConfiguration(survey)),
    ],
    proof,
    request: { enableNouveau: request.enableNouveau },
  };
}

const proof: readonly Proof[] = [
  { file: '/usr/bin/nvidia-uninstall', expect: 'is not there' },
  { command: { program: 'dkms', args: ['status'] }, expect: 'names no nvidia' },
  { file: '/proc/modules', expect: 'has no line that begins with `nvidia`' },
];

/** The driver's packages, also those that only say which driver is meant. */
const packagesOfDriver = (all: Parameters<typeof driverPackages>[0]) => {
  const own = driverPackages(all);
  return [
    ...own,
    ...all.filter(({ name }) => /^(glx-alternative-nvidia|glx-diversions|cuda-drivers(-\d+)?)$/.test(name) && own.length > 0),
  ];
};

/** What apt would take away beside `names`: nothing of it may be a desktop. */
async function goesAlong(
  { host }: Survey,
  names: readonly string[],
  held: boolean,
): Promise<Reason | { readonly names: readonly string[]; readonly warnings: readonly string[] }> {
  if (names.length === 0) return { names: [], warnings: [] };
  const removal = await removalOf(host, 'purge', names, held ? ['--allow-change-held-packages'] : []);
  if (typeof removal === 'string') {
    if (host.origin === 'live')
      return badRequest(
        `apt does not tell what removing ${names.join(', ')} would take along: ${removal}`,
        'where packages are not those of Debian or Ubuntu, remove these with their own program',
      );
    return {
      names: [],
      warnings: [`What apt would take along could not be asked (${removal}): where that is a desktop, the step refuses`],
    };
  }
  const others = [...removal].filter((name) => !names.includes(name.split(':', 1)[0]!));
  const desktop = desktopAmong(others);
  if (desktop.length > 0)
    return blocked(
      `Removing the driver's packages would take the desktop along: ${desktop.join(', ')}`,
      `\`apt-get --simulate purge ${names.join(' ')}\` shows why; install the desktop's own libraries first (\`apt-get install xserver-xorg-core libgl1\`), and plan again`,
    );
  return {
    names: others.map((name) => name.split(':', 1)[0]!),
    warnings: others.length > 0 ? [`These depend on the driver and go with it: ${others.join(', ')}`] : [],
  };
}

/** Whoever has the driver in use stops before it goes. */
function clearing(survey: Survey) {
  const service = survey.displayUnit;
  const users = unitsInTheWay(survey);
  const loaded = survey.modules.known ? modulesToUnload(survey.modules.value) : [];
  const stops: Step<unknown>[] = [
    ...(service ? [stopDisplay(service, 'it may draw with the driver that goes')] : []),
    ...users.map((unit) =>
      step(
        stopUnit,
        { unit },
        { id: `stop-${unit.replace(/\.service$/, '')}`, because: [], why: `${unit} keeps the module in use`, after: [] },
      ),
    ),
  ];
  const unload =
    loaded.length > 0
      ? [
          step(
            unloadModules,
            { modules: loaded },
            {
              id: 'unload-modules',
              because: [],
              why: 'A driver that is still in the kernel would not know its own files any more',
              after: stops.map(({ id }) => id),
            },
          ),
        ]
      : [];
  // Without the driver none of them would start; the desktop may, on whatever draws it then.
  const starts = service ? [startDisplay(service, [])] : [];
  const left = users.filter((unit) => !unit.startsWith('nvidia-'));
  return { stops, unload, starts, service, left };
}

function imageStep(survey: Survey, after: readonly string[]): readonly Step<unknown>[] {
  const kernels = wholeKernels(survey);
  const tool = survey.initramfs.known ? survey.initramfs.value : null;
  if (!tool || kernels.length === 0) return [];
  return [
    step(
      rebuildInitramfs,
      {
        tool,
        kernels,
        ...namesIn(survey),
        holds: null,
        lacks: ['nvidia.ko', 'nvidia-drm.ko', 'nvidia-modeset.ko', 'nvidia-uvm.ko', 'nvidia-current.ko'],
      },
      {
        id: 'rebuild-initramfs',
        because: [],
        why: 'An early boot image that still has the module loads it before the disk is there, for libraries that are gone',
        after,
      },
    ),
  ];
}

function method(byRun: boolean, byPackages: boolean, byDkms: boolean): Decision {
  const ways = [...(byRun ? ['run'] : []), ...(byPackages ? ['apt'] : [])];
  return {
    what: 'method',
    choice: ways.join(' and ') || (byDkms ? 'dkms' : 'none'),
    why:
      ways.length === 2
        ? "both put a driver here: first NVIDIA's uninstaller, then apt"
        : byRun
          ? '/usr/bin/nvidia-uninstall is there, and no package of a driver'
          : byPackages
            ? 'the driver is of packages, and no /usr/bin/nvidia-uninstall is there'
            : byDkms
              ? 'only a module in DKMS is left of a driver'
              : 'there is no driver of NVIDIA here',
  };
}

function nouveauDecision({ blacklist }: Survey, { enableNouveau }: RemovalRequest): Decision {
  const forbidden = blacklist.known
    ? blacklist.value
        .filter(({ module, how }) => (rivals as readonly string[]).includes(module) && how !== 'options')
        .map(({ where }) => where)
    : [];
  if (enableNouveau) return { what: 'nouveau', choice: 'allowed again', why: '`--enable-nouveau` asks for it' };
  return forbidden.length === 0
    ? { what: 'nouveau', choice: 'as it is', why: 'nothing forbids it' }
    : {
        what: 'nouveau',
        choice: 'stays forbidden',
        why: `by ${forbidden.join(', ')}, so that nothing drives the GPU; \`--enable-nouveau\`, or \`gpu-setup enable-nouveau\` later, gives it back`,
      };
}

/** An X configuration that names the driver leaves a black screen when it is gone. */
async function xConfiguration({ host }: Survey): Promise<readonly string[]> {
  const listing = await host.list('/etc/X11/xorg.conf.d');
  const files = [
    '/etc/X11/xorg.conf',
    ...(listing.outcome === 'entries' ? listing.names.map((name) => `/etc/X11/xorg.conf.d/${name}`) : []),
  ];
  const found: string[] = [];
  for (const file of files) {
    const answer = await host.read(file as `/${string}`);
    if (answer.outcome === 'text' && /^\s*Driver\s+"nvidia"/im.test(answer.text)) found.push(file);
  }
  return found.length > 0
    ? [
        `${found.join(' and ')} names the driver \`nvidia\`: X does not start with it any more; move it away unless NVIDIA's uninstaller does`,
      ]
    : [];
}
