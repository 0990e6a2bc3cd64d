import { activateBest } from '../../../src/engines/activate-best.js';
import { enginesOf } from '../../../src/engines/list.js';
import { engineSettings } from '../../../src/engines/settings.js';

/** The fastest engine of this machine, in float32. */
export async function activateForParity(): Promise<void> {
  const engines = enginesOf(engineSettings({ ...process.env, GPU_SETUP_PRECISION: 'float32' }));
  await activateBest(engines, { asked: undefined, preferred: undefined, mode: { precision: 'fp32' }, warn: () => undefined });
}
