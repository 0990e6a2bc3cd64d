import type { CliCommand } from '../command.js';
import { doctor } from './doctor.js';
import { engineCommand } from './engine.js';
import { installDriver } from './install-driver.js';

/** Every command, in the order of the help. */
export const commands: readonly CliCommand[] = [doctor, engineCommand, installDriver];
