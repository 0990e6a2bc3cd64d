/** A seeded stream of random numbers (xoshiro128**, Blackman and Vigna 2018) whose state can be saved and restored. */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  next(): number;
  /** Uniform integer in [0, below). */
  integer(below: number): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  /** Permutes `items` in place (Fisher-Yates). */
  shuffle<T>(items: T[]): T[];
  /** An independent stream that depends on this seed and `keys` alone, not on what was drawn. */
  fork(...keys: readonly number[]): Random;
  state(): readonly number[];
  restore(state: readonly number[]): void;
}

/** The same seed and keys give the same stream on every machine. */
export function randomOf(seed: number, ...keys: readonly number[]): Random {
  const words = new Uint32Array(4);
  let mix = seed >>> 0;
  for (const key of keys) mix = (Math.imul(mix ^ (key >>> 0), 0x9e3779b1) + 0x7f4a7c15) >>> 0;
  for (let i = 0; i < 4; i++) {
    // splitmix32 spreads a small seed over the four words.
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    words[i] = (z ^ (z >>> 15)) >>> 0;
  }
  const rotate = (x: number, k: number) => (x << k) | (x >>> (32 - k));
  const draw = (): number => {
    const result = Math.imul(rotate(Math.imul(words[1]!, 5), 7), 9) >>> 0;
    const t = words[1]! << 9;
    words[2]! ^= words[0]!;
    words[3]! ^= words[1]!;
    words[1]! ^= words[2]!;
    words[0]! ^= words[3]!;
    words[2]! ^= t;
    words[3] = rotate(words[3]!, 11);
    return result;
  };
  const next = () => draw() / 2 ** 32;
  return {
    next,
    integer: (below) => Math.floor(next() * below),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffle(items) {
      for (let i = items.length - 1; i > 0; i--) {
        const j = Math.floor(next() * (i + 1));
        [items[i], items[j]] = [items[j]!, items[i]!];
      }
      return items;
    },
    fork: (...more) => randomOf(seed, ...keys, ...more),
    state: () => [...words],
    restore: (state) => words.set(state),
  };
}
