import { buildModule } from './build-module.js';
import { enrolModuleKey } from './enrol-module-key.js';
import { installBuildTools } from './install-build-tools.js';
import { keepRivalsAway } from './keep-rivals-away.js';
import { loadModule } from './load-module.js';
import { rebootIntoDriver } from './reboot-into-driver.js';
import { rebuildImages } from './rebuild-images.js';
import type { Remedy } from './remedy.js';
import { removeAptSource } from './remove-apt-source.js';
import { startFabricManager } from './start-fabric-manager.js';

/** Every remedy, in the order in which their steps are carried out: packages need a working apt, modules their tools. */
export const remedies: readonly Remedy[] = [
  removeAptSource,
  installBuildTools,
  buildModule,
  keepRivalsAway,
  rebuildImages,
  enrolModuleKey,
  loadModule,
  startFabricManager,
  rebootIntoDriver,
];
