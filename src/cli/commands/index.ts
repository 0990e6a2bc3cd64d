import type { CliCommand } from '../command.js';
import { engineCommand } from './engine.js';

/** Every command, in the order of the help. */
export const commands: readonly CliCommand[] = [engineCommand];
