/** The polynomial of cksum(1), the most significant bit first (POSIX.1-2017, cksum). */
const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit++) value = value & 0x8000_0000 ? (value << 1) ^ 0x04c1_1db7 : value << 1;
  return value >>> 0;
});

/** What `cksum` prints of the bytes that it is given. */
export class Cksum {
  #crc = 0;
  #length = 0;

  update(bytes: Uint8Array): void {
    let crc = this.#crc;
    for (const byte of bytes) crc = (crc << 8) ^ table[((crc >>> 24) ^ byte) & 0xff]!;
    this.#crc = crc;
    this.#length += bytes.length;
  }

  digest(): number {
    let crc = this.#crc;
    for (let rest = this.#length; rest > 0; rest = Math.floor(rest / 256)) crc = (crc << 8) ^ table[((crc >>> 24) ^ rest) & 0xff]!;
    return ~crc >>> 0;
  }
}
