import type { OverlaySystem } from '../overlay-system.js';

/** Runs a program of the lab that has to succeed. */
export function must(lab: Pick<OverlaySystem, 'run'>, argv: readonly string[]): string {
  const { code, stdout, stderr } = lab.run(argv);
  if (code !== 0) throw new Error(`\`${argv.join(' ')}\` ended with ${code}: ${stderr}${stdout}`);
  return stdout;
}
