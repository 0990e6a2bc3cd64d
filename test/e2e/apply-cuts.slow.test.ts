import t from 'tap';
import { surviveCuts } from './cuts.js';
import { addArchive } from './local-archive.js';
import { overlaySystem } from './overlay-system.js';
import { endSteps, exceptions, fileSteps, furnish, packageSteps, planOf } from './test-plan.js';

t.setTimeout(3_600_000);

const system = await overlaySystem();
if (system) t.teardown(() => system.close());
const unable = system ? false : 'this machine lets nobody mount an overlay, or has no apt';
const tree = () => system!.tree(exceptions);

t.test('files and units, cut off at every record of the journal', { skip: unable }, async (t) => {
  furnish(system!);
  system!.write('/root/files.json', JSON.stringify(await planOf(system!, [...fileSteps, ...endSteps])));
  await surviveCuts(t, system!, '/root/files.json', { lagMs: 60, tree });
});

t.test('packages, cut off at every record of the journal and while apt works', { skip: unable }, async (t) => {
  furnish(system!);
  addArchive(system!, t.testdir({}));
  system!.write('/root/packages.json', JSON.stringify(await planOf(system!, [...fileSteps.slice(0, 2), ...packageSteps, ...endSteps])));
  await surviveCuts(t, system!, '/root/packages.json', { lagMs: 1500, tree });
});
