import { type DriverEvent, type EventHandler, groupBy, isOfData } from '#store';

/** Attempts for a single driver: the first may have read a half-finished write of another processor. */
const ATTEMPTS = 3;

type Quarantine = (events: DriverEvent[], error: Error) => void;

/**
 * Handles events so that a driver whose data cannot be handled does not block the others: a failed batch is retried in
 * halves, and the events of a single driver that still fail are quarantined. Transient errors are thrown.
 */
export const isolateFailures =
  (handle: EventHandler, quarantine: Quarantine): EventHandler =>
  async (events, redelivered) => {
    const error = await dataErrorOf(handle(events, redelivered));
    if (error !== null) await inHalves([...groupBy(events, ({ driverId }) => driverId).values()]);

    async function inHalves(drivers: DriverEvent[][]): Promise<void> {
      if (drivers.length === 1) return retryOne(drivers[0]!);
      const middle = Math.ceil(drivers.length / 2);
      for (const half of [drivers.slice(0, middle), drivers.slice(middle)])
        if ((await dataErrorOf(handle(half.flat(), true))) !== null) await inHalves(half);
    }

    async function retryOne(ofDriver: DriverEvent[]): Promise<void> {
      for (let attempt = 1; ; attempt += 1) {
        const error = await dataErrorOf(handle(ofDriver, true));
        if (error === null) return;
        if (attempt === ATTEMPTS) return quarantine(ofDriver, error);
      }
    }
  };

/** Returns the error if it lies in the data, or null; throws any other. */
async function dataErrorOf(work: Promise<void>): Promise<Error | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (!isOfData(error)) throw error;
    return error as Error;
  }
}
