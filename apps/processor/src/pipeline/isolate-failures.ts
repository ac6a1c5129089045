import { type DriverEvent, type EventHandler, groupBy, isOfData } from '#store';

/** Of one driver alone: what it met the first time may have been half of what another processor did. */
const ATTEMPTS = 3;

type SetAside = (events: DriverEvent[], error: Error) => void;

/**
 * Handles events so that a driver whose data cannot be handled does not keep the others waiting: what fails is tried
 * again in halves, and what still fails for one driver alone is set aside. Errors that pass with time are thrown.
 */
export const isolateFailures =
  (handle: EventHandler, setAside: SetAside): EventHandler =>
  async (events, again) => {
    const error = await dataErrorOf(handle(events, again));
    if (error !== null) await inHalves([...groupBy(events, ({ driverId }) => driverId).values()]);

    async function inHalves(drivers: DriverEvent[][]): Promise<void> {
      if (drivers.length === 1) return alone(drivers[0]!);
      const middle = Math.ceil(drivers.length / 2);
      for (const half of [drivers.slice(0, middle), drivers.slice(middle)])
        if ((await dataErrorOf(handle(half.flat(), true))) !== null) await inHalves(half);
    }

    async function alone(own: DriverEvent[]): Promise<void> {
      for (let attempt = 1; ; attempt += 1) {
        const error = await dataErrorOf(handle(own, true));
        if (error === null) return;
        if (attempt === ATTEMPTS) return setAside(own, error);
      }
    }
  };

async function dataErrorOf(work: Promise<void>): Promise<Error | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (!isOfData(error)) throw error;
    return error as Error;
  }
}
