import { installCommands } from '../distribution-commands.js';
import { compilers } from '../facts/compilers.js';
import { kernelCompiler } from '../facts/kernel-compiler.js';
import type { Check } from '../finding.js';
import { buildNeedOf } from '../running-driver.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const gccDiffersFromKernel: Check = {
  id: 'build/gcc-differs-from-kernel',
  title: 'gcc is of the version that the kernel was compiled with',
  link: 'module',
  requires: ['host/no-nvidia-gpu', 'build/no-gcc'],
  about:
    'Compares /proc/version with the version of gcc. Older drivers stop at another major version (`Compiler version check failed`), newer ones warn, and some kernels have flags that an older gcc does not know.',
  async examine(facts) {
    const [tools, builtWith] = [await facts.of(compilers), await facts.of(kernelCompiler)];
    if (!builtWith.known) return undetermined(builtWith.why);
    if (!tools.known || !tools.value.gcc.known) return undetermined('the version of gcc is not known');
    const mine = tools.value.gcc.value;
    if (mine === null) return notApplicable('there is no gcc');
    const { name, version } = builtWith.value;
    const [want, have] = [version.split('.')[0]!, mine.split('.')[0]!];
    if (name === 'gcc' && want === have) return clear(`Kernel and gcc agree on gcc ${want}`);
    const need = await buildNeedOf(facts);
    if (need === 'no-gpu' || need === 'container') return notApplicable('nothing is built here for this kernel');
    const compiler = name === 'clang' ? 'clang' : `gcc-${want}`;
    return found({
      severity: 'warning',
      summary: `The kernel was compiled with ${name} ${version}, and gcc here is ${mine}`,
      why: 'A module built with another major version may not build, and an old driver’s build refuses it',
      evidence: [`/proc/version: ${name} ${version}`, `gcc --version: ${mine}`],
      remedy: {
        summary: `Install ${compiler}, and build with it where the build complains`,
        commands: await installCommands(facts, { debian: compiler }),
        automatic: false,
        needs: ['root', 'network'],
      },
    });
  },
};
