import type { Facts } from '../../doctor/fact.js';
import { bootLoader } from '../../doctor/facts/boot-loader.js';
import { type BlacklistEntry, parseModprobeFile } from '../../doctor/facts/module-blacklist.js';
import type { Host, HostPath } from '../../host/host.js';
import { rebootStep } from '../driver/apt-steps.js';
import { namesIn, template } from '../driver/common-steps.js';
import { rivalsAtWork } from '../driver/draft.js';
import { driverPackages } from '../driver/installed-driver.js';
import { blocked } from '../driver/obstacles.js';
import type { Survey } from '../driver/survey.js';
import type { Plan, Reason, Refusal } from '../plan.js';
import { type GoalDraft, planGoal, wholeKernels } from '../plan-goal.js';
import { type Step, step } from '../step.js';
import { checkGpuOwner, rivals } from '../steps/check-gpu-owner.js';
import { rebuildInitramfs } from '../steps/rebuild-initramfs.js';
import { removeFile } from '../steps/remove-file.js';
import { writeFile } from '../steps/write-file.js';
import { takeWords } from './command-line-steps.js';

/** The plan that lets nouveau and nova_core have the GPU again, whoever had forbidden them. Only asks, never changes. */
export const planNouveau = (facts: Facts, madeBy: string): Promise<Plan | Refusal> =>
  planGoal('nouveau', facts, madeBy, async (survey) => {
    const driver = await driverThere(survey);
    if (driver)
      return blocked(
        `${driver} is installed, and needs nouveau and nova_core off the GPU`,
        '`gpu-setup uninstall-driver --enable-nouveau` takes it away and lets them have the GPU',
      );
    return draft(facts, survey);
  });

/** NVIDIA's driver, in words, where it is here in whatever form. */
async function driverThere({ packages, leftovers, host }: Survey): Promise<string | undefined> {
  const [found] = packages.known ? driverPackages(packages.value).filter(({ name }) => /kernel|dkms|modules|driver/.test(name)) : [];
  if (found) return `The package ${found.name}`;
  if (leftovers.known && leftovers.value.runDriver) return 'A driver of a .run installer';
  const loaded = await host.read('/proc/driver/nvidia/version');
  return loaded.outcome === 'text' ? 'A driver that is loaded' : undefined;
}

async function draft(facts: Facts, survey: Survey): Promise<GoalDraft | Reason> {
  const given = await freeingSteps(facts, survey);
  if ('reason' in given) return given;
  const { steps, warnings } = given;
  const gpus = survey.gpus.known ? survey.gpus.value.filter(({ owner }) => owner !== 'vfio-pci') : [];
  const owned =
    gpus.length > 0 &&
    gpus.every(
      ({ owner }) => owner && rivalsAtWork({ ...survey, gpus: { ...survey.gpus, known: true, value: gpus, source: '' } }).length > 0,
    );
  const after = steps.map(({ id }) => id);
  const check = step(
    checkGpuOwner,
    { by: 'rival' },
    { id: 'check-gpu-owner', because: [], why: 'What is no longer forbidden is not yet at work', after },
  );
  const restart = gpus.length > 0 && !owned ? [rebootStep({ survey }, ['at boot the kernel gives the GPU to its own driver'], after)] : [];
  return {
    steps: [...steps, ...restart, ...(gpus.length > 0 && restart.length === 0 ? [check] : [])],
    afterReboot: restart.length > 0 ? [check] : [],
    decisions: [
      {
        what: 'forbidden-by',
        choice: steps.length > 0 ? steps.map(({ id }) => id).join(', ') : 'nothing',
        why:
          steps.length > 0 ? 'each of these is taken back, whoever put it there' : 'nothing here keeps nouveau or nova_core from loading',
      },
    ],
    warnings,
    proof: [{ command: { program: 'lspci', args: ['-k', '-d', '10de:'] }, expect: `names ${rivals.join(' or ')} as the driver in use` }],
    request: {},
  };
}

export interface Freeing {
  readonly steps: readonly Step<unknown>[];
  readonly warnings: readonly string[];
}

/** Steps that take away whatever forbids nouveau and nova_core: in modprobe.d, on the command line, in the early boot images. */
export async function freeingSteps(facts: Facts, survey: Survey, afterIds: readonly string[] = []): Promise<Freeing | Reason> {
  if (!survey.blacklist.known) return blocked(`Cannot see what modprobe.d forbids: ${survey.blacklist.why}`, 'run it as root');
  const kernels = wholeKernels(survey);
  const changes = await modprobeChanges(facts.host, survey.blacklist.value);
  const files = changes.map(({ change, path }, index) => {
    const about = {
      id: `allow-nouveau${index === 0 ? '' : `-${index + 1}`}`,
      because: [],
      why: change.why,
      after: afterIds,
    };
    return change.text === null ? step(removeFile, { path }, about) : step(writeFile, { path, text: change.text }, about);
  });
  const loader = await facts.of(bootLoader);
  const words =
    loader.known && loader.value && kernels.length > 0
      ? await takeWords({
          host: facts.host,
          loader: loader.value,
          kernels,
          why: 'The kernel is started with a word that keeps nouveau or nova_core away',
        })
      : [];
  const running = survey.blacklist.value.filter(({ where, module }) => where === '/proc/cmdline' && isRivalName(module));
  const warnings =
    running.length > 0 && words.length === 0
      ? [
          `The running kernel was started with \`${running[0]!.line}\`, and no setting of a boot loader that we know says so: take it away by hand`,
        ]
      : [];
  const tool = survey.initramfs.known ? survey.initramfs.value : 'update-initramfs';
  const lacks = changes.filter(({ change }) => change.text === null).map(({ path }) => path.split('/').at(-1)!);
  const newerThan = changes.filter(({ change }) => change.text !== null).map(({ path }) => path);
  const images =
    tool && kernels.length > 0 && changes.length > 0
      ? [
          step(
            rebuildInitramfs,
            {
              tool,
              kernels,
              ...namesIn(survey),
              holds: null,
              ...(lacks.length > 0 ? { lacks } : {}),
              ...(newerThan.length > 0 ? { newerThan } : {}),
            },
            {
              id: 'rebuild-initramfs',
              because: [],
              why: 'The early boot image carries its own copy of modprobe.d',
              after: [...files, ...words].map(({ id }) => id),
            },
          ),
        ]
      : [];
  return { steps: [...files, ...words, ...images], warnings };
}

interface FileChange {
  readonly path: HostPath;
  readonly change: { readonly text: string | null; readonly why: string };
}

const isRivalName = (module: string) => (rivals as readonly string[]).includes(module);

/** What becomes of each file that forbids them: gone where it says nothing else, else without these lines; a package's is hidden. */
async function modprobeChanges(host: Host, entries: readonly BlacklistEntry[]): Promise<readonly FileChange[]> {
  const paths = new Set(
    entries
      .filter(({ module, where }) => isRivalName(module) && where !== '/proc/cmdline')
      .map(({ where }) => where.replace(/:\d+$/, '') as HostPath),
  );
  const changes: FileChange[] = [];
  for (const path of paths) {
    const now = await host.read(path);
    if (now.outcome !== 'text') continue;
    const text = withoutRivalLines(now.text);
    const owner = path.startsWith('/etc/') ? undefined : await packageOf(host, path);
    if (owner !== undefined) {
      const name = path.split('/').at(-1)!;
      changes.push({
        path: `/etc/modprobe.d/${name}`,
        change: {
          text: `${template('allow-nouveau.conf').replaceAll('{file}', path)}${text ?? ''}`,
          why: `${path} of the package ${owner} forbids them; a file of this name in /etc hides it, also from the package's next version`,
        },
      });
    } else {
      changes.push({
        path,
        change: { text, why: `${path} forbids ${text === null ? 'them, and says nothing else' : 'them, among other things that stay'}` },
      });
    }
  }
  return changes;
}

/** The text without the lines that forbid nouveau or nova_core; null where no other line says anything. */
export function withoutRivalLines(text: string): string | null {
  const gone = new Set(
    parseModprobeFile(text, '')
      .filter(({ module }) => isRivalName(module))
      .map(({ where }) => Number(where.slice(1))),
  );
  const left = text.split('\n').filter((_, index) => !gone.has(index + 1));
  return left.some((line) => line.trim() !== '' && !line.trim().startsWith('#')) ? left.join('\n') : null;
}

/** The package that a file belongs to; undefined where none does or nobody knows. */
async function packageOf(host: Host, path: HostPath): Promise<string | undefined> {
  const dpkg = await host.ask({ program: 'dpkg-query', args: ['--search', path] });
  if (dpkg.outcome === 'exited') return dpkg.code === 0 ? dpkg.stdout.split(':', 1)[0]!.trim() : undefined;
  const rpm = await host.ask({ program: 'rpm', args: ['--query', '--file', path] });
  return rpm.outcome === 'exited' && rpm.code === 0 ? rpm.stdout.trim() : undefined;
}
