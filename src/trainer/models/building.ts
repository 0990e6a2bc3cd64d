import type { Convention } from './convention.js';
import type { Parameters } from './parameters.js';

/** What every part of a network is built with. */
export interface Building {
  readonly parameters: Parameters;
  readonly convention: Convention;
}
