import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';
import { kernelCommandLine } from './kernel-command-line.js';

export interface ModuleLoading {
  readonly possible: boolean;
  /** What forbids it. */
  readonly because: string | undefined;
}

/** Whether the running kernel takes modules at all: not when it was built without, booted with `nomodule`, or sealed since. */
export const moduleLoading: Fact<ModuleLoading> = {
  name: 'moduleLoading',
  async read(host, facts) {
    const modules = await host.read('/proc/modules');
    const release = await host.read('/proc/sys/kernel/osrelease');
    if (release.outcome !== 'text') return noFact('the running kernel', release);
    if (modules.outcome === 'unavailable') return noFact('/proc/modules', modules);
    if (modules.outcome === 'absent') {
      return known(
        { possible: false, because: 'the kernel was built without loadable modules: /proc/modules is not there' },
        '/proc/modules',
      );
    }
    const commandLine = await facts.of(kernelCommandLine);
    if (commandLine.known && commandLine.value.some(({ name }) => name === 'nomodule')) {
      return known({ possible: false, because: 'the kernel was booted with `nomodule`' }, commandLine.source);
    }
    const sealed = await host.read('/proc/sys/kernel/modules_disabled');
    if (sealed.outcome === 'text' && sealed.text.trim() === '1') {
      const because = 'kernel.modules_disabled is 1: no module can be loaded until the next boot';
      return known({ possible: false, because }, '/proc/sys/kernel/modules_disabled');
    }
    return known({ possible: true, because: undefined }, '/proc/modules');
  },
};
