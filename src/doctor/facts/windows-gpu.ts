import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

/** What Windows hands into WSL2. */
export interface WindowsGpu {
  /** Whether /dev/dxg is there, through which everything goes. */
  readonly device: boolean;
  /** Whether Windows brought its libcuda. */
  readonly library: boolean;
}

/** The GPU inside WSL2: a device of Windows, and libraries in /usr/lib/wsl/lib. */
export const windowsGpu: Fact<WindowsGpu> = {
  name: 'windowsGpu',
  async read(host) {
    const [dev, lib] = await Promise.all([host.list('/dev'), host.list('/usr/lib/wsl/lib')]);
    if (dev.outcome !== 'entries') return noFact('/dev', dev.outcome === 'absent' ? { outcome: 'unavailable', why: 'it is empty' } : dev);
    if (lib.outcome === 'unavailable') return noFact('/usr/lib/wsl/lib', lib);
    return known(
      { device: dev.names.includes('dxg'), library: lib.outcome === 'entries' && lib.names.includes('libcuda.so.1') },
      '/dev/dxg and /usr/lib/wsl/lib',
    );
  },
};
