import { runCommand } from '../run-command.mjs';
import { aptInstallation } from './apt-packages.mjs';

/** Makes strace available, which shows that the doctor changes nothing; never fails: without it that test skips itself. */
export async function prepareStrace({ log, say }) {
  const works = async () => (await runCommand(['strace', '-o', '/dev/null', 'true'], { log, timeoutMs: 30_000 })).code === 0;
  if (await works()) return { ready: true, why: 'it is there' };
  const install = await aptInstallation(['strace']);
  if (install === undefined) return { ready: false, why: 'it is not there, or may not trace here' };
  say('strace: installing it');
  for (const command of install.commands) await runCommand(command, { log, timeoutMs: 300_000 });
  return (await works()) ? { ready: true, why: 'installed' } : { ready: false, why: 'it could not be installed, or may not trace here' };
}
