import type { Ground } from './draft.js';
import { driverPackageNames } from './driver-packages.js';
import { candidates } from './missing-headers.js';
import { packageVersions, parseMadison } from './package-versions.js';

/**
 * The package with the fabric manager of exactly the driver's version, as `name=version`; undefined where there is no NVSwitch, or the
 * archive has none that fits: another version does not start, and CUDA then waits for it for ever.
 */
export async function fabricManagerPackage(ground: Ground): Promise<string | undefined> {
  const { survey, chosen, request } = ground;
  if (survey.switches.length === 0 || chosen.method !== 'apt') return undefined;
  const name = `nvidia-fabricmanager-${chosen.branch}`;
  const known = await candidates(survey.host, [name]);
  if (!known?.has(name)) return undefined;
  const driver = request.driver?.includes('.') ? request.driver : await candidateVersion(ground);
  const version = driver && (await packageVersions(survey.host, [name], driver))?.get(name);
  return version && `${name}=${version}`;
}

/** The driver's version that apt would install now: `580.95.05` of `1:580.95.05-1`. */
async function candidateVersion(ground: Ground): Promise<string | undefined> {
  const [first] = driverPackageNames(ground);
  const answer = await ground.survey.host.ask({ program: 'apt-cache', args: ['madison', first!], timeoutMs: 30_000 });
  const [newest] = answer.outcome === 'exited' && answer.code === 0 ? parseMadison(answer.stdout) : [];
  return newest?.version.replace(/^\d+:/, '').split('-', 1)[0];
}
