import type { Bytes } from '../bytes.js';
import type { Place } from '../place.js';

const windowLength = 64 * 1024;

/** Goes through bytes from a place on, a window at a time; whatever is not there any more is a file that was cut off. */
export class Cursor {
  readonly bytes: Bytes;
  readonly place: Place;
  /** Of the next byte. */
  position: number;
  #window: Uint8Array = new Uint8Array();
  #view: DataView = new DataView(new ArrayBuffer(0));
  #start = 0;
  #at = 0;

  constructor(bytes: Bytes, place: Place, position = 0) {
    this.bytes = bytes;
    this.place = place;
    this.position = position;
  }

  get left(): number {
    return this.bytes.length - this.position;
  }

  byte(): number {
    return this.#next(1).getUint8(this.#at);
  }

  uint16(): number {
    return this.#next(2).getUint16(this.#at, true);
  }

  int32(): number {
    return this.#next(4).getInt32(this.#at, true);
  }

  uint32(): number {
    return this.#next(4).getUint32(this.#at, true);
  }

  /** A length of 8 bytes. */
  length64(): number {
    const length = this.#next(8).getBigUint64(this.#at, true);
    // What does not fit is more than any file has, and `skip` says so.
    return length > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(length);
  }

  /** Big endian, as the opcode has it. */
  double(): number {
    return this.#next(8).getFloat64(this.#at, false);
  }

  /** So many bytes, held. */
  take(length: number): Uint8Array {
    return this.bytes.read(this.skip(length), length);
  }

  /** Goes past so many bytes, which must be there, and answers where they begin. */
  skip(length: number): number {
    const start = this.position;
    if (length < 0 || length > this.left) throw this.cutOff(length < 0 ? 1 : length);
    this.position += length;
    return start;
  }

  /** The text up to the next line feed, at most so long, byte by byte as Latin-1: so protocol 0 means it. */
  line(longest: number): string {
    const start = this.position;
    while (this.byte() !== 0x0a) {
      if (this.position - start > longest) throw this.place.broken(`a line of more than ${longest} bytes`, { offset: start });
    }
    return Buffer.from(this.bytes.read(start, this.position - start - 1)).toString('latin1');
  }

  cutOff(wanted: number): Error {
    const what = wanted > 8 ? `${wanted} bytes should follow, there are ${this.left}` : 'it ends in the middle';
    return this.place.broken(`it is cut off: ${what}`, { offset: this.position, hint: 'load or copy it once more' });
  }

  /** A view of the next `count` bytes, which begin at `#at` of it. */
  #next(count: number): DataView {
    if (count > this.left) throw this.cutOff(count);
    if (this.position < this.#start || this.position + count > this.#start + this.#window.length) {
      this.#start = this.position;
      this.#window = this.bytes.read(this.#start, Math.min(windowLength, this.left));
      this.#view = new DataView(this.#window.buffer, this.#window.byteOffset, this.#window.length);
    }
    this.#at = this.position - this.#start;
    this.position += count;
    return this.#view;
  }
}
