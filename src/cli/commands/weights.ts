import type { CliCommand } from '../command.js';
import { registerConvert } from './weights/convert.js';
import { registerFetch } from './weights/fetch.js';
import { registerList } from './weights/list.js';
import { registerShow } from './weights/show.js';

/** `gpu-setup weights …`: one file of `weights/` for each subcommand. */
export const weights: CliCommand = {
  register(program, run) {
    const own = program.command('weights').description('weights that others trained: what is in a file, other formats, well-known ones');
    for (const register of [registerShow, registerConvert, registerList, registerFetch]) register(own, run);
  },
};
