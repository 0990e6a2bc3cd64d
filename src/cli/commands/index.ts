import type { CliCommand } from '../command.js';
import { data } from './data.js';

/** Every command, in the order of the help. */
export const commands: readonly CliCommand[] = [data];
