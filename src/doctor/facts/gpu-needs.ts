import { type GpuNeeds, needsOf } from '../../setup/tables/gpus.js';
import { type Fact, known } from '../fact.js';
import { type NvidiaFunction, nvidiaFunctions } from './nvidia-functions.js';

export interface KnownGpu extends NvidiaFunction {
  /** What its device id says of the driver that it needs. */
  readonly needs: GpuNeeds;
}

/** The GPUs on the bus whose device ids the table has; a guess would be no ground for a complaint. */
export const gpuNeeds: Fact<readonly KnownGpu[]> = {
  name: 'gpuNeeds',
  async read(_host, facts) {
    const functions = await facts.of(nvidiaFunctions);
    if (!functions.known) return functions;
    const gpus = functions.value.filter(({ isGpu }) => isGpu).map((gpu) => ({ ...gpu, needs: needsOf(gpu.device) }));
    return known(
      gpus.filter(({ needs }) => needs.assumed === undefined),
      'configs/support/gpu-ids.yaml',
    );
  },
};
