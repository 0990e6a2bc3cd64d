import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { ExitCode } from '../../errors.js';
import { type DriverRequest, parseDeviceId, parseRunFile } from '../../setup/driver/request.js';
import type { CliCommand } from '../command.js';
import { type PlanOptions, planAndCarryOut, withPlanOptions } from '../plan-command.js';
import type { Terminal } from '../terminal.js';

interface Options extends PlanOptions {
  readonly dkms?: true;
  readonly from?: 'apt' | 'run';
  readonly run?: string;
  readonly driver?: string;
  readonly kernelModule: 'auto' | 'open' | 'proprietary';
  readonly openglFiles?: boolean;
  readonly sha256?: string;
  readonly assumeGpu?: readonly string[];
}

const examples = `
Examples:
  gpu-setup install-driver --dkms --dry-run                    print the plan for this machine
  gpu-setup install-driver --dkms                              show it, ask, do it
  gpu-setup install-driver --dkms --from run --driver 580      download NVIDIA's installer, check it, run it
  gpu-setup install-driver --dkms --run ./NVIDIA-Linux-x86_64-580.95.05.run
`;

/** `install-driver`: puts the NVIDIA driver on this machine, or plans it for this one or another. */
export const installDriver: CliCommand = {
  register(program, run) {
    withPlanOptions(
      program
        .command('install-driver')
        .description('install the NVIDIA driver: shows what will be done, why, and how to take it back, and asks')
        .option('--dkms', 'build the kernel module with DKMS, so that it follows kernel updates'),
    )
      .addOption(new Option('--from <method>', 'where the driver comes from').choices(['apt', 'run']))
      .option('--run <file>', "NVIDIA's installer, NVIDIA-Linux-….run; without it `--from run` downloads one")
      .option('--sha256 <sum>', 'the SHA-256 that the installer has to have')
      .option('--driver <version>', 'a branch such as 580, or a version such as 580.95.05')
      .addOption(new Option('--kernel-module <flavour>', 'the kernel module').choices(['auto', 'open', 'proprietary']).default('auto'))
      .option('--opengl-files', "install NVIDIA's OpenGL where a GPU of Intel or AMD shows the desktop, too")
      .option('--no-opengl-files', 'leave the OpenGL libraries of the distribution alone')
      .option('--assume-gpu <device-id...>', 'plan as if a GPU with this PCI device id were there, such as 2684')
      .addHelpText('after', examples)
      .action(run(handle));
  },
};

async function handle(terminal: Terminal, options: Options, command: Command): Promise<ExitCode> {
  const request = requestOf(terminal, options);
  // Its tables are read when they are needed, and not by every other command.
  const { planDriver } = await import('../../setup/driver/plan-driver.js');
  return planAndCarryOut(terminal, options, command, (facts, madeBy) => planDriver(facts, request, madeBy));
}

function requestOf(
  terminal: Terminal,
  { dkms, from, run, driver, kernelModule, openglFiles, assumeGpu, host, sha256 }: Options,
): DriverRequest {
  return {
    dkms: dkms ?? false,
    from,
    // On another machine a path is that machine's, where nobody stands in a folder.
    run:
      run === undefined ? undefined : parseRunFile((host === undefined ? resolve(terminal.cwd, run) : resolve('/', run)) as `/${string}`),
    driver,
    kernelModule,
    openglFiles,
    sha256: sha256?.toLowerCase(),
    assumeGpus: (assumeGpu ?? []).map(parseDeviceId),
  };
}
