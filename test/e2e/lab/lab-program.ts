import type { Test } from 'tap';
import { type Ran, toTheEnd } from '../cut-off.js';
import type { Lab } from './lab-system.js';
import { must } from './must.js';

/** Runs gpu-setup in the lab; the test fails where it does not end with `code`. Answers both streams, as a person sees them. */
export async function ends(t: Test, lab: Lab, code: number, args: readonly string[]): Promise<string> {
  const ran: Ran = await toTheEnd(lab, args);
  t.equal(ran.code, code, `\`${args.join(' ')}\` ends with ${code}`, { stdout: ran.stdout, stderr: ran.stderr });
  return `${ran.stderr}${ran.stdout}`;
}

/** The driver works, as far as it can where no kernel takes a module: for each of `kernels` DKMS built it, and all versions are one. */
export function driverIs(t: Test, lab: Lab, version: string, kernels: readonly string[], module = 'nvidia'): void {
  const status = must(lab, ['dkms', 'status']);
  for (const kernel of kernels) {
    t.match(status, new RegExp(`^${module}/${version.replaceAll('.', '\\.')}, ${kernel}, x86_64: installed$`, 'm'));
    const suffix = module.replace(/^nvidia-?/, '');
    const name = suffix ? `nvidia-${suffix}` : 'nvidia';
    for (const part of ['', '-uvm', '-modeset', '-drm'])
      t.equal(must(lab, ['modinfo', '-k', kernel, '-F', 'version', `${name}${part}`]).trim(), version, `nvidia${part} for ${kernel}`);
  }
  t.match(lab.read('/proc/modules'), /^nvidia /m, 'kmod finds it, and nothing forbids it');
  t.match(must(lab, ['nvidia-smi']), version, 'and it is the version of the libraries');
}

/** What the doctor says of each check: `clear` where all is well, `blocker`, `warning`, `note`, `blocked`, `not-applicable`. */
export async function verdicts(lab: Lab): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await toTheEnd(lab, ['doctor', '--json']);
  const { findings } = JSON.parse(stdout) as { findings: readonly { id: string; status?: string; severity?: string }[] };
  return new Map(findings.map(({ id, status, severity }) => [id, status ?? severity ?? '']));
}
