import type { Host } from '../../host/host.js';
import { type Fact, type Known, known } from '../fact.js';
import { noFact } from '../no-fact.js';

/** `no-efi`: booted in the old way, where there is no Secure Boot. */
export type SecureBootState = 'enabled' | 'disabled' | 'no-efi';

export interface SecureBoot {
  readonly state: SecureBootState;
  /** Of the kernel: `integrity` and `confidentiality` refuse unsigned modules; undefined where it has no such thing. */
  readonly lockdown: 'none' | 'integrity' | 'confidentiality' | undefined;
}

const variables = '/sys/firmware/efi/efivars';
/** The GUID of the global variables in the UEFI specification, section 3.3. */
const variable = `${variables}/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c` as const;

/** Four bytes of attributes, then one: 1 is enabled. `latin1`: one character per byte. */
export function parseSecureBootVariable(latin1: string): SecureBootState | undefined {
  if (latin1.length < 5) return undefined;
  return latin1.charCodeAt(4) === 1 ? 'enabled' : 'disabled';
}

/** `SecureBoot enabled`, `SecureBoot disabled`, `EFI variables are not supported on this system` */
export function parseMokutil(text: string): SecureBootState | undefined {
  if (/^SecureBoot enabled/m.test(text)) return 'enabled';
  if (/^SecureBoot disabled/m.test(text)) return 'disabled';
  return /EFI variables are not supported/.test(text) ? 'no-efi' : undefined;
}

/** `[none] integrity confidentiality`: the one in brackets holds. */
export function parseLockdown(text: string): SecureBoot['lockdown'] {
  return text.match(/\[(none|integrity|confidentiality)\]/)?.[1] as SecureBoot['lockdown'];
}

/** Whether the firmware lets the kernel refuse modules that nobody signed. */
export const secureBoot: Fact<SecureBoot> = {
  name: 'secureBoot',
  async read(host): Promise<Known<SecureBoot>> {
    const state = await stateOf(host);
    if (!state.known) return state;
    const lockdown = await host.read('/sys/kernel/security/lockdown');
    return known({ state: state.value, lockdown: lockdown.outcome === 'text' ? parseLockdown(lockdown.text) : undefined }, state.source);
  },
};

async function stateOf(host: Host): Promise<Known<SecureBootState>> {
  const bytes = await host.read(variable, 'latin1');
  const state = bytes.outcome === 'text' ? parseSecureBootVariable(bytes.text) : undefined;
  if (state) return known(state, variable);
  const firmware = await host.list('/sys/firmware/efi');
  if (firmware.outcome === 'absent') return known('no-efi', '/sys/firmware/efi is not there');
  // Without the variables mounted, and in containers, mokutil may still know.
  const answer = await host.ask({ program: 'mokutil', args: ['--sb-state'] });
  const told = answer.outcome === 'exited' ? parseMokutil(`${answer.stdout}\n${answer.stderr}`) : undefined;
  if (told) return known(told, 'mokutil --sb-state');
  if (bytes.outcome === 'absent' && (await host.list(variables)).outcome === 'entries')
    return known('disabled', `${variables} has no SecureBoot`);
  return noFact('Secure Boot', bytes.outcome === 'text' ? { outcome: 'unavailable', why: 'its variable is cut off' } : bytes);
}
