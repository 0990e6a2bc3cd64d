import { runCommand } from '../run-command.mjs';
import { aptInstallation } from './apt-packages.mjs';

const packages = ['python3-torch', 'python3-torchvision'];

/** Makes Debian's PyTorch available, whose own files and numbers tests compare with; never fails: without it those tests skip themselves. */
export async function prepareTorchvision({ log, say }) {
  // Whatever Python another package has put first.
  const works = async () =>
    (await runCommand(['/usr/bin/python3', '-c', 'import torch, torchvision'], { log, timeoutMs: 120_000 })).code === 0 ||
    (await runCommand(['python3', '-c', 'import torch, torchvision'], { log, timeoutMs: 120_000 })).code === 0;
  if (await works()) return { ready: true, why: 'it is there' };
  const install = await aptInstallation(packages);
  if (install === undefined) return { ready: false, why: 'no Python has it' };
  say('torchvision: installing it (about 60 MB to load)');
  for (const command of install.commands) await runCommand(command, { log, timeoutMs: 900_000 });
  return (await works()) ? { ready: true, why: 'installed' } : { ready: false, why: 'it could not be installed' };
}
