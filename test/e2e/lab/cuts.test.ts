import t from 'tap';
import { cutDriverPlan } from './cuts-plan.js';

t.setTimeout(600_000);

// The installer or apt is at work then; every other record is cut in cuts.slow.test.ts.
t.test('the plan of a .run is cut off while the installer works', (t) => cutDriverPlan(t, 'run', [7]));
t.test('the plan of the packages is cut off while apt works', (t) => cutDriverPlan(t, 'packages', [5]));
