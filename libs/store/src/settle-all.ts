/**
 * Resolves with all results, as `Promise.all` does, but rejects only when nothing is in progress any more: with the first
 * failure in the list. A caller that repeats the work must not do so beside the rest of it.
 */
export async function settleAll<T extends readonly unknown[] | []>(
  work: T,
): Promise<{ -readonly [I in keyof T]: Awaited<T[I]> }> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason;
  return Promise.all(work);
}
