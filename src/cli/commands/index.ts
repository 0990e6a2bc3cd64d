import type { CliCommand } from '../command.js';
import { apply } from './apply.js';
import { data } from './data.js';
import { disableNouveau } from './disable-nouveau.js';
import { doctor } from './doctor.js';
import { enableNouveau } from './enable-nouveau.js';
import { engineCommand } from './engine.js';
import { explain } from './explain.js';
import { history } from './history.js';
import { installDriver } from './install-driver.js';
import { predict } from './predict.js';
import { printConfig } from './print-config.js';
import { resume } from './resume.js';
import { test } from './test.js';
import { train } from './train.js';
import { undo } from './undo.js';
import { uninstallDriver } from './uninstall-driver.js';
import { weights } from './weights.js';

/** Every command, in the order of the help. */
export const commands: readonly CliCommand[] = [
  doctor,
  explain,
  disableNouveau,
  enableNouveau,
  installDriver,
  uninstallDriver,
  apply,
  resume,
  undo,
  history,
  engineCommand,
  data,
  weights,
  train,
  test,
  predict,
  printConfig,
];
