/**
 * Bytes that a file of so many may ask us to hold: unpacked entries together, and tensors together (one storage can be seen through
 * many views, and a view can repeat one number for ever). Weights hardly shrink when packed; a bomb shrinks a thousandfold.
 */
export const mostBytesFrom = (fileBytes: number): number => 16 * fileBytes + 64 * 1024 ** 2;

/** Operations of one pickle, and lists, dicts, tuples and objects that it may make: each costs a hundred times its byte in the file. */
export const mostOperations = 20_000_000;
export const mostObjects = 2_000_000;

/** How deep dicts lie in dicts where tensors are looked for. */
export const deepestTensor = 32;
