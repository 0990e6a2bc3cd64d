import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { factsOf } from '../../doctor/fact.js';
import { ExitCode, UserError } from '../../errors.js';
import { liveHost } from '../../host/live-host.js';
import { openHost } from '../../host/open-host.js';
import { furtherReasons, planText } from '../../report/plan-text.js';
import { type DriverRequest, parseDeviceId, parseRunFile } from '../../setup/driver/request.js';
import { type CarryOutOptions, carryOutPlan } from '../carry-out.js';
import type { CliCommand } from '../command.js';
import type { Terminal } from '../terminal.js';

interface Options extends CarryOutOptions {
  readonly dkms?: true;
  readonly dryRun?: true;
  readonly host?: string;
  readonly from?: 'apt' | 'run';
  readonly run?: string;
  readonly driver?: string;
  readonly kernelModule: 'auto' | 'open' | 'proprietary';
  readonly openglFiles: boolean;
  readonly assumeGpu?: readonly string[];
}

/** `install-driver`: puts the NVIDIA driver on this machine, or plans it for this one or another. */
export const installDriver: CliCommand = {
  register(program, run) {
    program
      .command('install-driver')
      .description('install the NVIDIA driver: shows what will be done, why, and how to take it back, and asks')
      .option('--dkms', 'build the kernel module with DKMS, so that it follows kernel updates')
      .option('--dry-run', 'print the plan and change nothing')
      .option('--until <step>', 'stop after this step; `resume` goes on')
      .option('--yes', 'do not ask')
      .option('--json', 'print one JSON document: the plan, or what happened')
      .option('--host <path>', 'plan for another machine: a mounted root, a chroot or a snapshot folder')
      .addOption(new Option('--from <method>', 'where the driver comes from').choices(['apt', 'run']))
      .option('--run <file>', "NVIDIA's installer, NVIDIA-Linux-….run")
      .option('--driver <version>', 'a branch such as 580, or a version such as 580.95.05')
      .addOption(new Option('--kernel-module <flavour>', 'the kernel module').choices(['auto', 'open', 'proprietary']).default('auto'))
      .option('--no-opengl-files', 'leave the OpenGL libraries of the distribution alone')
      .option('--assume-gpu <device-id...>', 'plan as if a GPU with this PCI device id were there, such as 2684')
      .action(run(handle));
  },
};

async function handle(terminal: Terminal, options: Options, command: Command): Promise<ExitCode> {
  const request = requestOf(terminal, options);
  if (!options.dryRun && options.host !== undefined) {
    throw new UserError('`install-driver` installs on this machine alone', { hint: 'for another one add `--dry-run` to see the plan' });
  }
  const host = options.host === undefined ? liveHost({ environment: terminal.env }) : await openHost(resolve(terminal.cwd, options.host));
  // Its tables are read when they are needed, and not by every other command.
  const { planDriver } = await import('../../setup/driver/plan-driver.js');
  const plan = await planDriver(factsOf(host), request, `gpu-setup ${command.parent?.version() ?? ''}`.trim());
  const paint = terminal.style.bind(terminal);
  if (plan.outcome === 'plan') {
    if (!options.dryRun) return carryOutPlan(terminal, plan, options, () => terminal.say(planText(plan, paint)));
    terminal.out(options.json ? JSON.stringify(plan, null, 2) : planText(plan, paint));
    return ExitCode.ok;
  }
  const [{ reason, hint, exitCode }] = plan.reasons;
  if (options.json) terminal.out(JSON.stringify(plan, null, 2));
  for (const line of furtherReasons(plan)) terminal.say(line);
  throw new UserError(reason, { exitCode, ...(hint === undefined ? {} : { hint }) });
}

function requestOf(terminal: Terminal, { dkms, from, run, driver, kernelModule, openglFiles, assumeGpu, host }: Options): DriverRequest {
  return {
    dkms: dkms ?? false,
    from,
    // On another machine a path is that machine's, where nobody stands in a folder.
    run:
      run === undefined ? undefined : parseRunFile((host === undefined ? resolve(terminal.cwd, run) : resolve('/', run)) as `/${string}`),
    driver,
    kernelModule,
    openglFiles,
    assumeGpus: (assumeGpu ?? []).map(parseDeviceId),
  };
}
