import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where journals live: `GPU_SETUP_STATE_DIR`, else /var/lib/gpu-setup of root, else below `XDG_STATE_HOME` or its default.
 * Root's is one place, whatever environment `sudo` hands on: what goes on after a reboot has none.
 */
export function stateDirectory(env: Readonly<Record<string, string | undefined>>, uid: number | undefined): string {
  if (env.GPU_SETUP_STATE_DIR) return env.GPU_SETUP_STATE_DIR;
  if (uid === 0) return '/var/lib/gpu-setup';
  // The XDG specification has relative paths ignored.
  const state = env.XDG_STATE_HOME?.startsWith('/') ? env.XDG_STATE_HOME : join(env.HOME || homedir(), '.local/state');
  return join(state, 'gpu-setup');
}
