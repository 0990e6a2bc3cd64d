import type { Test } from 'tap';
import { toTheEnd } from '../cut-off.js';
import { surviveCuts } from '../cuts.js';
import { publish } from './driver-archive.js';
import { debianDriver } from './driver-packages.js';
import { installTools } from './install-tools.js';
import { type Lab, openLab } from './lab-system.js';
import { labTree } from './lab-tree.js';
import { makeRunFile } from './run-file.js';

/** Cuts the plan of `install-driver` off at `records` of its journal (all of them without), by way of a .run or of packages. */
export async function cutDriverPlan(t: Test, way: 'run' | 'packages', records?: readonly number[]): Promise<void> {
  const lab = await openLab();
  if (typeof lab === 'string') return void t.plan(0, lab);
  t.teardown(() => lab.close());
  publish(lab, way === 'packages' ? debianDriver('535.247.01') : []);
  await lab.network(true);
  installTools(lab);
  const file = await planFile(t, lab, way === 'run' ? ['--run', makeRunFile(lab, '580.95.05')] : []);
  await surviveCuts(t, lab, file, { lagMs: 8000, power: way === 'run', tree: () => labTree(lab), ...(records ? { records } : {}) });
}

async function planFile(t: Test, lab: Lab, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await toTheEnd(lab, ['install-driver', '--dkms', ...args, '--dry-run', '--json']);
  t.equal(code, 0, stderr);
  lab.write('/root/plan.json', stdout);
  return '/root/plan.json';
}
