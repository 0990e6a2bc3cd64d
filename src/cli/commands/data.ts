import type { CliCommand } from '../command.js';
import { registerFetch } from './data/fetch.js';
import { registerMakeShapes } from './data/make-shapes.js';

/** `gpu-setup data …`: one file of `data/` for each subcommand. */
export const data: CliCommand = {
  register(program, run) {
    const own = program.command('data').description('data sets to train on');
    registerFetch(own, run);
    const make = own.command('make').description('make a data set');
    registerMakeShapes(make, run);
  },
};
