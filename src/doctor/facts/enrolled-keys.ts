import { type Fact, known, unknown } from '../fact.js';

/** `Subject: CN=host Secure Boot Module Signature key` of `mokutil --list-enrolled`; the name alone. */
export function parseEnrolledKeys(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => line.match(/^\s*Subject:.*?\bCN\s*=\s*(.+?)\s*$/)?.[1]?.replace(/,\s*\w+\s*=.*$/, '') ?? []);
}

/**
 * The common names in a list of certificates, as bytes: 06 03 55 04 03 (its object id), the kind of string, a length, the text
 * (X.690 section 8; a name of a key is shorter than 128 bytes). Of an issuer and of a subject alike.
 */
export function namesInCertificates(latin1: string): readonly string[] {
  const names = new Set<string>();
  for (let at = latin1.indexOf(commonName); at >= 0; at = latin1.indexOf(commonName, at + 1)) {
    const start = at + commonName.length;
    const [kind, length] = [latin1.charCodeAt(start), latin1.charCodeAt(start + 1)];
    if ([0x0c, 0x13, 0x14, 0x16].includes(kind) && length > 0 && length < 128)
      names.add(Buffer.from(latin1.slice(start + 2, start + 2 + length), 'latin1').toString('utf8'));
  }
  return [...names];
}
const commonName = '\x06\x03\x55\x04\x03';

/** shim's list of the machine owner's keys (its GUID is shim's own). */
const variables = [
  '/sys/firmware/efi/efivars/MokListRT-605dab50-e046-4300-abb6-3dd810dd8b23',
  '/sys/firmware/efi/mok-variables/MokListRT',
] as const;

/** The names of the keys that the machine's owner enrolled. */
export const enrolledKeys: Fact<readonly string[]> = {
  name: 'enrolledKeys',
  async read(host) {
    const answer = await host.ask({ program: 'mokutil', args: ['--list-enrolled'] });
    // It ends with 0 and says `MokListRT is empty` where there is none.
    if (answer.outcome === 'exited' && answer.code === 0) return known(parseEnrolledKeys(answer.stdout), 'mokutil --list-enrolled');
    for (const variable of variables) {
      const bytes = await host.read(variable, 'latin1');
      if (bytes.outcome === 'text') return known(namesInCertificates(bytes.text), variable);
    }
    return unknown('the enrolled keys cannot be read: neither by mokutil nor from the variables of the firmware');
  },
};
