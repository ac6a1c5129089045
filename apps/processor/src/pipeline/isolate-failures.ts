import { groupBy, isOfData } from '#store';

/** Attempts for a single driver: the first may have read a half-finished write of another processor. */
const ATTEMPTS = 3;

type OfDriver = { driverId: string };
type Handle<I, R> = (items: I[], redelivered: boolean) => Promise<R>;

/**
 * Handles items, such as events, so that a driver whose data cannot be handled does not block the others: a failed batch is
 * retried in halves, and the items of a single driver that still fail are quarantined. Transient errors are thrown.
 * @returns the results for the parts that succeeded
 */
export const isolateFailures =
  <I extends OfDriver, R>(
    handle: Handle<I, R>,
    quarantine: (items: I[], error: Error) => void,
  ): Handle<I, R[]> =>
  async (items, redelivered) => {
    const results: R[] = [];
    if ((await attempt(items, redelivered)) !== null)
      await inHalves([...groupBy(items, ({ driverId }) => driverId).values()]);
    return results;

    /** Returns the error if it lies in the data, or null; throws any other. */
    async function attempt(part: I[], again: boolean): Promise<Error | null> {
      try {
        results.push(await handle(part, again));
        return null;
      } catch (error) {
        if (!isOfData(error)) throw error;
        return error as Error;
      }
    }

    async function inHalves(drivers: I[][]): Promise<void> {
      if (drivers.length === 1) return retryOne(drivers[0]!);
      const middle = Math.ceil(drivers.length / 2);
      for (const half of [drivers.slice(0, middle), drivers.slice(middle)])
        if ((await attempt(half.flat(), true)) !== null) await inHalves(half);
    }

    async function retryOne(ofDriver: I[]): Promise<void> {
      for (let attempts = 1; ; attempts += 1) {
        const error = await attempt(ofDriver, true);
        if (error === null) return;
        if (attempts === ATTEMPTS) return quarantine(ofDriver, error);
      }
    }
  };
