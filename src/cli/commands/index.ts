import type { CliCommand } from '../command.js';
import { data } from './data.js';
import { doctor } from './doctor.js';
import { engineCommand } from './engine.js';
import { explain } from './explain.js';
import { installDriver } from './install-driver.js';
import { predict } from './predict.js';
import { test } from './test.js';
import { train } from './train.js';

/** Every command, in the order of the help. */
export const commands: readonly CliCommand[] = [doctor, explain, installDriver, engineCommand, data, train, test, predict];
