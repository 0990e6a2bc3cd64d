/** Maps with at most `limit` at work at a time; results in the order of `items`, and the error of the earliest item that failed. */
export async function eachAtOnce<T, R>(items: readonly T[], limit: number, work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  let failedAt = Number.POSITIVE_INFINITY;
  let failure: unknown;
  const worker = async () => {
    while (next < items.length && next < failedAt) {
      const index = next++;
      try {
        results[index] = await work(items[index]!, index);
      } catch (error) {
        if (index < failedAt) {
          failedAt = index;
          failure = error;
        }
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failedAt !== Number.POSITIVE_INFINITY) throw failure;
  return results;
}
