const block = 3;
const hashBits = 16;

/**
 * Finds many pieces of text at once in bytes, skipping most of them (Wu and Manber, 1994, "A fast algorithm for
 * multi-pattern searching"): a table says for any three bytes how far the next piece may be away at least.
 */
export class LiteralSearch {
  readonly #words: readonly Buffer[];
  readonly #shortest: number;
  readonly #shifts: Uint8Array;
  /** For three bytes that may end the beginning of a piece: which pieces. */
  readonly #ending: (readonly number[] | undefined)[] = new Array(1 << hashBits);

  constructor(words: readonly string[]) {
    this.#words = words.map((word) => Buffer.from(word));
    this.#shortest = Math.min(...this.#words.map(({ length }) => length));
    if (!(this.#shortest >= block)) throw new Error(`nothing shorter than ${block} bytes can be searched for`);
    this.#shifts = new Uint8Array(1 << hashBits).fill(Math.min(this.#shortest - block + 1, 255));
    for (const [index, word] of this.#words.entries()) {
      for (let end = block - 1; end < this.#shortest; end++) {
        const hash = hashOf(word[end - 2]!, word[end - 1]!, word[end]!);
        this.#shifts[hash] = Math.min(this.#shifts[hash]!, this.#shortest - 1 - end);
        if (end === this.#shortest - 1) this.#ending[hash] = [...(this.#ending[hash] ?? []), index];
      }
    }
  }

  /** Calls `onHit` for each piece that begins in `bytes` from `from` to before `until`, in the order of their places. */
  scan(bytes: Buffer, from: number, until: number, onHit: (at: number, word: number) => void): void {
    const shifts = this.#shifts;
    const before = this.#shortest - 1;
    const end = Math.min(until + before, bytes.length);
    let at = from + before;
    while (at < end) {
      const hash = ((bytes[at - 2]! << 11) ^ (bytes[at - 1]! << 5) ^ bytes[at]!) & 0xffff;
      const shift = shifts[hash]!;
      if (shift > 0) {
        at += shift;
        continue;
      }
      for (const word of this.#ending[hash]!) if (this.#isAt(bytes, at - before, word)) onHit(at - before, word);
      at += 1;
    }
  }

  #isAt(bytes: Buffer, start: number, index: number): boolean {
    const word = this.#words[index]!;
    if (start + word.length > bytes.length) return false;
    for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word[i]) return false;
    return true;
  }
}

/** Written out once more where it is hot. */
const hashOf = (first: number, second: number, third: number) => ((first << 11) ^ (second << 5) ^ third) & 0xffff;
