import { crc32, inflateRawSync } from 'node:zlib';
import { type Bytes, memoryBytes, partOf } from '../bytes.js';
import { type Place, quoted } from '../place.js';
import type { ZipEntry } from './read-zip.js';

const chunk = 4 * 1024 ** 2;

/**
 * The bytes of an entry: a stored one stays in the file, one that is deflated is unpacked, never beyond the size that it claims. Its checksum is
 * compared when the first byte is read.
 */
export function entryBytes(bytes: Bytes, entry: ZipEntry, place: Place): Bytes {
  const own = place.in(entry.name);
  const wrong = () =>
    own.broken('its bytes are not those that were written: the checksum (CRC-32) differs', { hint: 'load or copy it once more' });
  // PyTorch writes 0 where it was told not to compute it (torch.serialization.set_crc32_options).
  const given = entry.crc !== 0;
  const stored = partOf(bytes, entry.start, entry.packed);
  if (entry.method === 'deflated') {
    let unpacked: Bytes | undefined;
    const unpack = () => {
      const made = inflate(stored.read(0, entry.packed), entry, own);
      if (given && crc32(made) !== entry.crc) throw wrong();
      return memoryBytes(made);
    };
    return {
      length: entry.size,
      read(offset, length) {
        unpacked ??= unpack();
        return unpacked.read(offset, length);
      },
    };
  }
  let checked = !given;
  return {
    length: entry.size,
    read(offset, length) {
      const read = stored.read(offset, length);
      if (!checked) {
        const whole = offset === 0 && length === entry.size;
        if ((whole ? crc32(read) : crcOf(stored)) !== entry.crc) throw wrong();
        checked = true;
      }
      return read;
    },
  };
}

function crcOf(bytes: Bytes): number {
  let crc = 0;
  for (let at = 0; at < bytes.length; at += chunk) crc = crc32(bytes.read(at, Math.min(chunk, bytes.length - at)), crc);
  return crc;
}

function inflate(packed: Uint8Array, { name, size }: ZipEntry, place: Place): Uint8Array {
  let made: Uint8Array;
  try {
    // One byte more than claimed would already be too much.
    made = inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) });
  } catch (cause) {
    const bomb = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw place.broken(
      bomb ? `it unpacks to more than the ${size} bytes it claims: it is refused as a zip bomb` : `${quoted(name)} cannot be unpacked`,
      { cause },
    );
  }
  if (made.length !== size) throw place.broken(`it unpacks to ${made.length} bytes, not the ${size} it claims`);
  return made;
}
