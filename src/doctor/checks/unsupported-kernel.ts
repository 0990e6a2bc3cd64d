import { kernelKind } from '../facts/kernel-kind.js';
import type { Check } from '../finding.js';
import { buildNeedOf } from '../running-driver.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const unsupportedKernel: Check = {
  id: 'build/unsupported-kernel',
  title: 'The kernel is of a kind that the driver is built for',
  link: 'module',
  requires: ['host/no-nvidia-gpu'],
  about:
    'Looks for a realtime kernel (PREEMPT_RT) and for Xen’s first domain: the driver’s build stops at both unless it is told to go on.',
  async examine(facts) {
    const running = await facts.of(kernelKind);
    if (!running.known) return undetermined(running.why);
    if (running.value.kind === 'usual') return clear('An ordinary kernel');
    const need = await buildNeedOf(facts);
    if (need === 'no-gpu' || need === 'container') return notApplicable('nothing is built here for this kernel');
    const name = running.value.kind === 'realtime' ? 'a realtime kernel' : 'the first domain of Xen';
    return found({
      // Where a driver is built, somebody has told the build to go on.
      severity: need === 'later' || need === 'prebuilt' ? 'note' : 'warning',
      summary: `This is ${name}`,
      why: 'NVIDIA supports no such kernel, and the build of its module stops at it',
      evidence: [running.value.sign],
      remedy: {
        summary:
          running.value.kind === 'realtime'
            ? 'Boot an ordinary kernel; or build with IGNORE_PREEMPT_RT_PRESENCE=1, at your own risk'
            : 'Boot without Xen',
        commands: [],
        automatic: false,
        needs: ['reboot'],
      },
    });
  },
};
