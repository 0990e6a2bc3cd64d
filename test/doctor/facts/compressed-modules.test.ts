import zlib, { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { factsOf } from '../../../src/doctor/fact.js';
import { nvidiaModuleOnDisk, unpackedModule } from '../../../src/doctor/facts/nvidia-module-on-disk.js';
import { hostOf } from '../../host/host-of.js';

const release = '6.8.0-45-generic';
const name = (text: string) => Buffer.concat([Buffer.from([0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, text.length]), Buffer.from(text)]);
const fields = Buffer.from('\x7fELF\0version=550.144.03\0license=Dual MIT/GPL\0');
const signed = Buffer.concat([fields, name('gpu1 Secure Boot Module Signature key'), Buffer.from('~Module signature appended~\n')]);
const zstd = (zlib as { readonly zstdCompressSync?: (bytes: Buffer) => Buffer }).zstdCompressSync;

/** What is known of a module where nothing can be run. */
async function moduleOf(file: string, content: Buffer) {
  const path = `/lib/modules/${release}/updates/dkms/${file}` as const;
  const builtin = `/lib/modules/${release}/modules.builtin` as const;
  const host = await hostOf(t, { files: { [path]: content, [builtin]: '', '/proc/sys/kernel/osrelease': `${release}\n` } });
  const modules = await factsOf({ ...host, ask: async () => ({ outcome: 'unavailable', why: 'nothing runs' }) }).of(nvidiaModuleOnDisk);
  return modules.known ? modules.value[0] : undefined;
}

t.test('who signed a compressed module is read where nothing can be run', async (t) => {
  const known = { version: '550.144.03', flavour: 'open', signer: 'gpu1 Secure Boot Module Signature key' };
  t.match(await moduleOf('nvidia.ko', signed), known);
  t.match(await moduleOf('nvidia.ko.gz', gzipSync(signed)), known);
  t.match(await moduleOf('nvidia.ko.gz', gzipSync(fields)), { signer: null }, 'nobody signed it');
  if (zstd) t.match(await moduleOf('nvidia.ko.zst', zstd(signed)), known);
});

t.test('what nothing here unpacks is not known, and not called unsigned', async (t) => {
  const xz = Buffer.concat([Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), signed]);
  for (const [file, content] of [
    ['nvidia.ko.xz', xz],
    ['nvidia.ko.zst', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00])],
    ['nvidia.ko.gz', gzipSync(signed).subarray(0, 40)],
    ['nvidia.ko.gz', Buffer.alloc(0)],
  ] as const)
    t.match(await moduleOf(file, content), { signer: undefined, flavour: undefined }, file);
  const bomb = gzipSync(Buffer.alloc(300 * 1024 * 1024));
  t.equal(unpackedModule(bomb), undefined, 'a module does not swell to 300 MB');
});

t.test('no bytes make it throw', async () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void unpackedModule(Buffer.from(bytes))));
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void unpackedModule(Buffer.from([0x1f, 0x8b, ...bytes]))));
});
