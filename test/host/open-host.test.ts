import { join } from 'node:path';
import t from 'tap';
import { openHost } from '../../src/host/open-host.js';

t.test('a folder with snapshot.json is a snapshot, any other folder the root of a machine', async (t) => {
  const folder = t.testdir({ snapshot: { 'snapshot.json': '{"format":1}' }, image: { etc: {} }, file: '', trap: { 'snapshot.json': {} } });
  t.equal((await openHost(join(folder, 'snapshot'))).origin, 'snapshot');
  t.equal((await openHost(join(folder, 'image'))).origin, 'root');
  t.equal((await openHost(join(folder, 'trap'))).origin, 'root', 'a folder of that name makes no snapshot');
  for (const other of ['file', 'missing', 'file/below']) {
    await t.rejects(openHost(join(folder, other)), { name: 'UserError', message: /is not a folder/, exitCode: 2 }, other);
  }
});
