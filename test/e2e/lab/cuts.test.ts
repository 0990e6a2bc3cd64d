import t from 'tap';
import { cutDriverPlan } from './cuts-plan.js';

t.setTimeout(600_000);

// The installer is at work then; every other record, and the plan of packages, is cut in cuts.slow.test.ts.
t.test('the plan of a .run is cut off while the installer works', (t) => cutDriverPlan(t, 'run', [7]));
