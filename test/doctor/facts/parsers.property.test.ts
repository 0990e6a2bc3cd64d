import fc from 'fast-check';
import t from 'tap';
import { type DkmsState, parseDkmsStatus } from '../../../src/doctor/facts/dkms.js';
import { parseKernelCommandLine } from '../../../src/doctor/facts/kernel-command-line.js';
import { parseModules } from '../../../src/doctor/facts/loaded-modules.js';
import { parsePciNumber } from '../../../src/doctor/facts/nvidia-functions.js';
import { parseSmiGpus } from '../../../src/doctor/facts/nvidia-smi.js';
import { parseOsRelease } from '../../../src/doctor/facts/os-release.js';
import { parsePciResource } from '../../../src/doctor/facts/pci-regions.js';
import { compareVersions } from '../../../src/doctor/versions.js';

const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,10}$/);
const version = fc.array(fc.nat(999), { minLength: 2, maxLength: 4 }).map((parts) => parts.join('.'));
const state = fc.constantFrom<DkmsState>('added', 'built', 'installed', 'installed-weak', 'broken');

t.test('dkms says the same in its old form and in its new one', async () => {
  fc.assert(
    fc.property(word, version, version, state, (module, release, kernel, is) => {
      const rest = `${kernel}-generic, x86_64: ${is}`;
      const [old] = parseDkmsStatus(`${module}, ${release}, ${rest}\n`);
      const [late] = parseDkmsStatus(`${module}/${release}, ${rest}`);
      return (
        JSON.stringify(old) === JSON.stringify(late) &&
        late!.module === module &&
        late!.version === release &&
        late!.kernel === `${kernel}-generic` &&
        late!.state === is
      );
    }),
  );
});

t.test('every loaded module is read back', async () => {
  const modules = fc.array(fc.record({ name: word, size: fc.nat(), references: fc.nat(99), usedBy: fc.array(word, { maxLength: 3 }) }));
  fc.assert(
    fc.property(modules, (all) => {
      const line = ({ name, size, references, usedBy }: (typeof all)[number]) =>
        `${name} ${size} ${references} ${usedBy.map((each) => `${each},`).join('') || '-'} Live 0x0000000000000000\n`;
      const read = parseModules(all.map(line).join(''));
      return (
        JSON.stringify(read.map(({ name, references, usedBy }) => [name, references, usedBy])) ===
        JSON.stringify(all.map(({ name, references, usedBy }) => [name, references, usedBy]))
      );
    }),
  );
});

t.test('kernel parameters are read back, quoted spaces among them', async () => {
  const value = fc.oneof(
    fc.constant(undefined),
    fc.stringMatching(/^[A-Za-z0-9=:,/.-]{1,12}$/),
    fc.stringMatching(/^[a-z]{1,5} [a-z +]{1,8}$/),
  );
  fc.assert(
    fc.property(fc.array(fc.record({ name: word, value })), (all) => {
      const text = all.map((each) =>
        each.value === undefined ? each.name : each.value.includes(' ') ? `${each.name}="${each.value}"` : `${each.name}=${each.value}`,
      );
      return JSON.stringify(parseKernelCommandLine(`${text.join(' ')}\n`)) === JSON.stringify(all);
    }),
  );
});

t.test('hex numbers of sysfs and memory regions are read back', async () => {
  fc.assert(fc.property(fc.nat(0xffffff), (number) => parsePciNumber(`0x${number.toString(16)}\n`) === number.toString(16)));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 40 }), fc.integer({ min: 2, max: 2 ** 37 }), (start, size) => {
      const hex = (value: number) => `0x${value.toString(16).padStart(16, '0')}`;
      const text = `${hex(start)} ${hex(start + size - 1)} ${hex(0x40200)}\n${hex(0)} ${hex(0)} ${hex(0)}\n`;
      return JSON.stringify(parsePciResource(text)) === JSON.stringify([size]);
    }),
  );
});

t.test('versions are ordered as numbers', async () => {
  fc.assert(
    fc.property(
      version,
      version,
      (one, other) => compareVersions(one, other) === -compareVersions(other, one) || compareVersions(one, other) === 0,
    ),
  );
  fc.assert(fc.property(version, fc.nat(99), (one, more) => compareVersions(`${one}.${more}`, one) === 1));
});

t.test('no text makes a parser throw', async () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
      for (const parse of [
        parseDkmsStatus,
        parseModules,
        parseKernelCommandLine,
        parsePciNumber,
        parsePciResource,
        parseSmiGpus,
        parseOsRelease,
      ])
        parse(text);
    }),
  );
});
