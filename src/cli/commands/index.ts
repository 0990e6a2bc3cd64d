import type { CliCommand } from '../command.js';
import { data } from './data.js';
import { doctorCommand } from './doctor.js';
import { engineCommand } from './engine.js';
import { predictCommand } from './predict.js';
import { testCommand } from './test.js';
import { trainCommand } from './train.js';

/** Every command, in the order of the help. */
export const commands: readonly CliCommand[] = [doctorCommand, engineCommand, data, trainCommand, testCommand, predictCommand];
