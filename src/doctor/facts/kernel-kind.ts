import { type Fact, known } from '../fact.js';
import { kernel } from './kernel.js';

/** Kernels that NVIDIA's build refuses unless it is told otherwise. */
export type KernelKind = { readonly kind: 'usual' } | { readonly kind: 'realtime' | 'xen'; readonly sign: string };

/** Whether the kernel is of a kind that the driver is not made for. */
export const kernelKind: Fact<KernelKind> = {
  name: 'kernelKind',
  async read(host, facts) {
    const realtime = await host.read('/sys/kernel/realtime');
    if (realtime.outcome === 'text' && realtime.text.trim() === '1')
      return known({ kind: 'realtime', sign: '/sys/kernel/realtime: 1' }, '/sys');
    const capabilities = await host.read('/proc/xen/capabilities');
    if (capabilities.outcome === 'text' && capabilities.text.includes('control_d'))
      return known({ kind: 'xen', sign: '/proc/xen/capabilities: control_d' }, '/proc/xen');
    const running = await facts.of(kernel);
    return running.known ? known({ kind: 'usual' }, running.source) : running;
  },
};
