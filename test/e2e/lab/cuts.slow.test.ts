import t from 'tap';
import { cutDriverPlan } from './cuts-plan.js';

t.setTimeout(2 * 3_600_000);

t.test('the plan of a .run is cut off at every record of its journal', (t) => cutDriverPlan(t, 'run'));
t.test('the plan of the packages is cut off at every record of its journal', (t) => cutDriverPlan(t, 'packages'));
