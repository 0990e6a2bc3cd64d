import type { HostPath } from '../../host/host.js';
import { type Fact, known } from '../fact.js';
import { type DisplayController, displayControllers } from './display-controllers.js';

/** Makers of graphics that sit in a processor. A server's little display controller (ASPEED, Matrox) draws no desktop with OpenGL. */
const makers: Readonly<Record<string, string>> = { '8086': 'Intel', '1002': 'AMD' };

/** The controller of Intel or AMD that shows the desktop beside an NVIDIA GPU; null where the NVIDIA GPU shows it, or nothing does. */
export const hybridGraphics: Fact<(DisplayController & { readonly maker: string }) | null> = {
  name: 'hybridGraphics',
  async read(host, facts) {
    const controllers = await facts.of(displayControllers);
    if (!controllers.known) return controllers;
    if (!controllers.value.some(({ vendor }) => vendor === '10de')) return known(null, controllers.source);
    for (const controller of controllers.value) {
      const maker = makers[controller.vendor];
      if (!maker) continue;
      // The firmware's choice: the controller that showed the boot.
      const path: HostPath = `/sys/bus/pci/devices/${controller.address}/boot_vga`;
      const answer = await host.read(path);
      if (answer.outcome === 'text' && answer.text.trim() === '1') return known({ ...controller, maker }, path);
    }
    return known(null, controllers.source);
  },
};
