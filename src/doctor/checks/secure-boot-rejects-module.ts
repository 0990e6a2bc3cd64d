import { kernel } from '../facts/kernel.js';
import { loadedModules } from '../facts/loaded-modules.js';
import { nvidiaModuleOnDisk } from '../facts/nvidia-module-on-disk.js';
import { secureBoot } from '../facts/secure-boot.js';
import type { Check } from '../finding.js';
import { followedOutside } from '../in-container.js';
import { clear, found, undetermined } from '../verdicts.js';

export const secureBootRejectsModule: Check = {
  id: 'kernel/secure-boot-rejects-module',
  title: 'Secure Boot accepts the NVIDIA module',
  link: 'module',
  requires: ['host/no-nvidia-gpu', 'kernel/modules-not-loadable'],
  about:
    'Reads the SecureBoot variable of the firmware, the kernel’s lockdown and the signer of nvidia.ko. An unsigned module, or one whose key nobody enrolled, is refused with `Key was rejected by service`.',
  async examine(facts) {
    const [boot, modules, running, loaded] = [
      await facts.of(secureBoot),
      await facts.of(nvidiaModuleOnDisk),
      await facts.of(kernel),
      await facts.of(loadedModules),
    ];
    if (loaded.known && loaded.value.some(({ name }) => name === 'nvidia')) return clear('The kernel accepted the module');
    if (!boot.known) return undetermined(boot.why);
    const { state, lockdown } = boot.value;
    if (state === 'no-efi') return clear('This machine boots without EFI, so without Secure Boot', boot.source);
    if (state === 'disabled' && (lockdown ?? 'none') === 'none') return clear('Secure Boot is disabled', boot.source);
    const how = state === 'enabled' ? 'Secure Boot is enabled' : `the kernel is locked down (${lockdown})`;
    if (!running.known || !modules.known) return undetermined(`${how}, and the module is not known`);
    const module = modules.value.find((each) => each.kernel === running.value.release);
    if (!module) {
      return found({
        severity: 'note',
        summary: `${how}: a module that is built here must be signed`,
        why: 'The kernel takes only modules that are signed with a key that the firmware or shim knows',
        evidence: [boot.source],
      });
    }
    if (module.signer) return clear(`${how}, and the module is signed by ${module.signer}`, `${module.path}: signer ${module.signer}`);
    if (module.signer === undefined) return undetermined(`${how}, and modinfo could not be asked who signed ${module.path}`);
    return found({
      severity: 'blocker',
      summary: `${how}, and the NVIDIA module is not signed`,
      why: 'The kernel refuses a module without a signature that it trusts: `Key was rejected by service`',
      evidence: [`${boot.source}: ${state}`, `modinfo ${module.path}: no signer`],
      remedy: await followedOutside(facts, {
        summary:
          'Enrol the machine’s own key, which asks for a password at the console during the next boot, and sign the module; or switch Secure Boot off',
        commands: [
          'sudo mokutil --import /var/lib/shim-signed/mok/MOK.der',
          'sudo systemctl reboot',
          `sudo dkms autoinstall -k ${running.value.release}`,
        ],
        automatic: false,
        needs: ['root', 'reboot', 'console'],
      }),
    });
  },
};
