import { z } from 'zod';
import type { Facts } from '../../doctor/fact.js';
import { type BootLoader, bootLoader } from '../../doctor/facts/boot-loader.js';
import { builtInModules } from '../../doctor/facts/built-in-modules.js';
import { modulesByName } from '../../doctor/facts/modules-by-name.js';
import { rebootStep } from '../driver/apt-steps.js';
import { rivalSteps } from '../driver/common-steps.js';
import { rivalsAtWork } from '../driver/draft.js';
import { blocked } from '../driver/obstacles.js';
import { gpuWords, type Survey } from '../driver/survey.js';
import type { Plan, Reason, Refusal } from '../plan.js';
import { type GoalDraft, planGoal, wholeKernels } from '../plan-goal.js';
import type { Json, Proof, Step } from '../step.js';
import { step } from '../step.js';
import { checkGpuOwner, rivals } from '../steps/check-gpu-owner.js';
import { addWords } from './command-line-steps.js';
import { forbidding } from './kernel-words.js';

/** What was asked for on the command line of `disable-nouveau`. */
export interface NoNouveauRequest {
  /** Forbid them on the kernel's command line too, where nothing makes that necessary. */
  readonly commandLine: boolean;
}

const kept = z.strictObject({ commandLine: z.boolean() });
export const noNouveauRequest = (json: Json | undefined): NoNouveauRequest => kept.parse(json);

/** The plan that keeps nouveau and nova_core off the GPU, now and at every boot. Only asks, never changes. */
export const planNoNouveau = (facts: Facts, request: NoNouveauRequest, madeBy: string): Promise<Plan | Refusal> =>
  planGoal('no-nouveau', facts, madeBy, (survey) => draft(facts, survey, request));

async function draft(facts: Facts, survey: Survey, request: NoNouveauRequest): Promise<GoalDraft | Reason> {
  const rival = rivalSteps({ survey }, []);
  const kernels = wholeKernels(survey);
  const needed = await commandLineReasons(facts, survey, request);
  const words = [...new Set(needed.flatMap((each) => each.words))];
  const loader = words.length > 0 ? await facts.of(bootLoader) : undefined;
  const commandLine = words.length === 0 || kernels.length === 0 ? [] : await commandLineSteps(facts, loader, kernels, needed, words);
  if ('reason' in commandLine) return commandLine;

  const [blacklist, ...images] = rival.steps;
  const steps: Step<unknown>[] = [blacklist!, ...commandLine, ...images];
  const check = step(
    checkGpuOwner,
    { by: 'no-rival' },
    {
      id: 'check-gpu-owner',
      because: [],
      why: 'A blacklist says what shall be; who drives the GPU shows in the kernel alone',
      after: steps.map(({ id }) => id),
    },
  );
  const atWork = rivalsAtWork(survey);
  const restart =
    atWork.length > 0
      ? [
          rebootStep(
            { survey },
            [`only a reboot takes ${atWork.join(' and ')} off the GPU`],
            steps.map(({ id }) => id),
          ),
        ]
      : [];
  const gpus = survey.gpus.known ? survey.gpus.value : [];
  return {
    steps: restart.length > 0 ? [...steps, ...restart] : [...steps, check],
    afterReboot: restart.length > 0 ? [check] : [],
    decisions: [
      {
        what: 'command-line',
        choice: words.length > 0 ? words.join(' ') : 'no',
        why: words.length > 0 ? needed.map(({ why }) => why).join('; ') : 'modprobe.d, copied into every early boot image, is enough here',
      },
      {
        what: 'reboot',
        choice: restart.length > 0 ? 'yes' : 'no',
        why:
          restart.length > 0
            ? `${atWork.join(' and ')} is in the kernel, which a blacklist does not change`
            : `neither ${rivals.join(' nor ')} is loaded`,
      },
    ],
    warnings: [
      ...(words.length > 0 ? [] : rival.warnings),
      ...(gpus.length > 0 || !survey.gpus.known ? [] : ['No NVIDIA GPU is on the PCI bus now: this counts once there is one']),
      ...gpus
        .filter(({ owner }) => owner && atWork.length > 0 && owner !== 'nvidia' && owner !== 'vfio-pci')
        .map(
          (gpu) =>
            `After the reboot ${gpuWords(gpu)} has no driver, and a screen at it shows the firmware's picture at most, until NVIDIA's driver is installed`,
        ),
    ],
    proof,
    request: { commandLine: request.commandLine },
  };
}

const proof: readonly Proof[] = [
  { file: '/proc/modules', expect: `has no line for ${rivals.join(' and none for ')}` },
  { command: { program: 'lspci', args: ['-k', '-d', '10de:'] }, expect: 'names neither of them as the driver in use' },
];

interface Needed {
  readonly why: string;
  readonly words: readonly string[];
}

/** Why modprobe.d is not enough here, each with the kernel parameters that are. */
async function commandLineReasons(
  facts: Facts,
  { initramfs, imageNames }: Survey,
  { commandLine }: NoNouveauRequest,
): Promise<readonly Needed[]> {
  const [byName, builtIn] = [await facts.of(modulesByName), await facts.of(builtInModules)];
  const named = byName.known ? byName.value.filter(({ module }) => (rivals as readonly string[]).includes(module)) : [];
  const inside = builtIn.known ? [...builtIn.value].filter(([, modules]) => modules.includes('nouveau')).map(([kernel]) => kernel) : [];
  const tool = initramfs.known ? initramfs.value : undefined;
  return [
    ...named.map(({ module, where }) => ({
      why: `${where} loads ${module} by its name, which a blacklist of modprobe.d lets through and \`module_blacklist\` does not`,
      words: [forbidding('module_blacklist')],
    })),
    ...(inside.length > 0
      ? [
          {
            why: `nouveau is a part of the kernel ${inside.join(' and ')}, and no module that could be kept from loading`,
            words: ['nouveau.modeset=0'],
          },
        ]
      : []),
    ...(tool === 'dracut'
      ? [
          {
            why: 'an image of dracut that is made for any machine, as the rescue image is, leaves /etc/modprobe.d out',
            words: [forbidding('rd.driver.blacklist'), forbidding('modprobe.blacklist')],
          },
        ]
      : []),
    ...(tool === null && imageNames.known && imageNames.value !== null
      ? [
          {
            why: 'nothing here rebuilds the early boot image, which may load them before /etc/modprobe.d is read',
            words: [forbidding('modprobe.blacklist')],
          },
        ]
      : []),
    ...(commandLine ? [{ why: '`--command-line` asks for it', words: [forbidding('modprobe.blacklist')] }] : []),
  ];
}

async function commandLineSteps(
  facts: Facts,
  loader: Awaited<ReturnType<typeof facts.of<BootLoader | null>>> | undefined,
  kernels: readonly string[],
  needed: readonly Needed[],
  words: readonly string[],
): Promise<readonly Step<unknown>[] | Reason> {
  const why = needed.map((each) => each.why).join('; ');
  const byHand = (what: string) =>
    blocked(
      `modprobe.d is not enough here (${why}), and ${what}`,
      `add \`${words.join(' ')}\` to the kernel's command line by hand, and plan again`,
    );
  if (!loader?.known) return byHand(`the boot loader cannot be told: ${loader?.why ?? 'nobody looked'}`);
  if (loader.value === null) return byHand('no boot loader is found that this program can tell');
  const steps = await addWords({ host: facts.host, loader: loader.value, kernels, why: capital(why) }, words);
  return steps ?? byHand('the settings of the boot loader cannot be read');
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
