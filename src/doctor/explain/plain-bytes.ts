const escapeByte = 0x1b;
const bell = 0x07;

type State = 'text' | 'escape' | 'control' | 'string' | 'one-more';

/** What the byte after an escape begins: `[` a control sequence, `]` a title or link, `(` and `)` the choice of a character set. */
const following: Readonly<Record<number, State>> = { 91: 'control', 93: 'string', 40: 'one-more', 41: 'one-more', [escapeByte]: 'escape' };

/**
 * Takes colours, cursor movements and NULs out of a log, chunk by chunk: what a terminal was told to do is no text, and
 * UTF-16 of plain English is ASCII between NULs. A chunk that has none is answered as it is, without a copy.
 */
export class PlainBytes {
  /** Where in an escape sequence the last chunk ended. */
  #inside: State = 'text';

  of(chunk: Buffer): Buffer {
    if (this.#inside === 'text' && !chunk.includes(escapeByte) && !chunk.includes(0)) return chunk;
    const plain = Buffer.allocUnsafe(chunk.length);
    let length = 0;
    for (const byte of chunk) {
      switch (this.#inside) {
        case 'text':
          if (byte === escapeByte) this.#inside = 'escape';
          else if (byte !== 0) plain[length++] = byte;
          break;
        case 'escape':
          if (byte === 0x0a || byte === 0x0d) plain[length++] = byte;
          this.#inside = following[byte] ?? 'text';
          break;
        case 'control':
          // Digits, semicolons and spaces go on, anything else ends it; a line break was never part of it.
          if (byte === 0x0a || byte === 0x0d) plain[length++] = byte;
          if (byte < 0x20 || byte > 0x3f) this.#inside = byte === escapeByte ? 'escape' : 'text';
          break;
        case 'string':
          if (byte === 0x0a || byte === 0x0d) plain[length++] = byte;
          if (byte === bell || byte === 0x0a || byte === 0x0d) this.#inside = 'text';
          else if (byte === escapeByte) this.#inside = 'one-more';
          break;
        case 'one-more':
          if (byte === 0x0a || byte === 0x0d) plain[length++] = byte;
          this.#inside = 'text';
          break;
      }
    }
    return plain.subarray(0, length);
  }
}
