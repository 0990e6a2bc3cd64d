import t from 'tap';
import { stateDirectory } from '../../src/setup/state-directory.js';

t.test('root has one place, others the XDG folders', async (t) => {
  t.equal(stateDirectory({ XDG_STATE_HOME: '/home/me/state' }, 0), '/var/lib/gpu-setup');
  t.equal(stateDirectory({ XDG_STATE_HOME: '/home/me/state' }, 1000), '/home/me/state/gpu-setup');
  t.equal(stateDirectory({ XDG_STATE_HOME: 'state', HOME: '/home/me' }, 1000), '/home/me/.local/state/gpu-setup');
  t.equal(stateDirectory({ GPU_SETUP_STATE_DIR: '/srv/state' }, 0), '/srv/state');
});
