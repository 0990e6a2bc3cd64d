import { cudaDrivers } from '../setup/tables/cuda.js';
import { compareVersions } from './versions.js';

/** The oldest driver that runs programs of a CUDA version; undefined of one older than the table. */
export const oldestDriverFor = (cuda: string): string | undefined =>
  cudaDrivers.minimum.findLast((row) => compareVersions(row.cuda, cuda) <= 0)?.driver;
