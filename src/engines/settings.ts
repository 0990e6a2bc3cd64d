import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Precision, parsePrecision } from './mode.js';

/** Where engines live and what they are told; made once by the command line out of its environment. */
export interface EngineSettings {
  /** Every installed engine has a folder in here. */
  readonly engineDirectory: string;
  /** Keeps the choice of `engine use`. */
  readonly configFile: string;
  /** How much TensorFlow's C++ says: 0 everything, 1 no info, 2 no warnings, 3 nothing. */
  readonly tensorflowLogLevel: string;
  /** `GPU_SETUP_PRECISION`: `fp32`, `tf32` or `bf16`; without it the processor decides. */
  readonly precision: Precision | undefined;
  /** What child processes get (compilers, pip and npm read proxies, caches and indexes from it). */
  readonly env: Environment;
}
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings in `env`: `GPU_SETUP_DATA_DIR` and `GPU_SETUP_CONFIG_DIR` first, then the XDG folders, then their
 * defaults in `HOME`. Throws `UserError` for a `GPU_SETUP_PRECISION` that there is not.
 */
export function engineSettings(env: Environment): EngineSettings {
  const home = env.HOME || homedir();
  const data = env.GPU_SETUP_DATA_DIR || join(absolute(env.XDG_DATA_HOME) ?? join(home, '.local/share'), 'gpu-setup');
  const config = env.GPU_SETUP_CONFIG_DIR || join(absolute(env.XDG_CONFIG_HOME) ?? join(home, '.config'), 'gpu-setup');
  return {
    engineDirectory: join(data, 'engines'),
    configFile: join(config, 'config.yaml'),
    tensorflowLogLevel: env.TF_CPP_MIN_LOG_LEVEL || '2',
    precision: env.GPU_SETUP_PRECISION ? parsePrecision(env.GPU_SETUP_PRECISION, 'GPU_SETUP_PRECISION') : undefined,
    env,
  };
}

/** The XDG specification has relative paths ignored. */
const absolute = (path: string | undefined) => (path?.startsWith('/') ? path : undefined);
