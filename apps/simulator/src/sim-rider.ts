import { setTimeout as sleep } from 'node:timers/promises';
import type { City } from '#city';
import { between, type Random } from '#city';
import { isOpen, type Trip } from '#protocol';
import { HexfleetError, RiderClient, type TokenSource } from '#sdk';
import { chooseJourney } from './journeys.js';

const NEARBY_M = 800;
const LOOKING_S = [5, 20] as const;
const RESTING_S = [10, 50] as const;
const LOOK_INTERVAL_MS = 5_000;
/** Of a hundred trips so many are called off, so long after they were asked for, unless the rider sits in the car. */
const CALLED_OFF_PERCENT = 4;
const CALLED_OFF_S = [5, 120] as const;
/** A driver that is not heard for so long has left its rider standing. */
const LEFT_MS = 180_000;

/** A rider with a phone: looks for cars, asks for one, watches it come, rides; and again after a while. */
export class SimRider {
  constructor(
    private readonly city: City,
    private readonly random: Random,
    private readonly connection: { url: string; token: TokenSource },
  ) {}

  /** Until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#useApp(signal);
      } catch (error) {
        // Refused, or the service is away: as anybody would, it tries again later.
        if (!signal.aborted && !(error instanceof HexfleetError)) throw error;
      }
      await this.#wait(RESTING_S, signal);
    }
  }

  async #useApp(signal: AbortSignal): Promise<void> {
    const client = new RiderClient(this.connection);
    try {
      await client.connect({ signal });
      const trips = client.events('trip', { signal });
      // The app may have been ended in the middle of a trip.
      const trip = (await client.openTrip({ signal })) ?? (await this.#request(client, signal));
      const looking = this.#lookAfter(client, trip);
      try {
        for await (const { state } of trips) if (!isOpen(state)) return;
      } finally {
        clearInterval(looking);
      }
    } finally {
      client.close();
    }
  }

  async #request(client: RiderClient, signal: AbortSignal): Promise<Trip> {
    const journey = chooseJourney(this.city, this.random);
    await client.watchNearby({ ...journey.pickup, radiusM: NEARBY_M }, { signal });
    await this.#wait(LOOKING_S, signal);
    await client.unwatchNearby({ signal });
    return client.requestTrip(journey, { signal });
  }

  /** Calls the trip off when the rider has changed its mind, or when its driver is gone for good. */
  #lookAfter(client: RiderClient, trip: Trip): NodeJS.Timeout {
    let { state } = trip;
    let heardAt = Date.now();
    client.on('trip', (trip) => {
      state = trip.state;
      heardAt = Date.now();
    });
    client.on('position', () => {
      heardAt = Date.now();
    });
    const isFickle = this.random() * 100 < CALLED_OFF_PERCENT;
    const until = isFickle
      ? heardAt + between(this.random, ...CALLED_OFF_S) * 1_000
      : Number.POSITIVE_INFINITY;
    return setInterval(() => {
      const hasDriver = state !== 'requested' && state !== 'offered';
      const isLeft = hasDriver && Date.now() > heardAt + LEFT_MS;
      const isOff = Date.now() > until && state !== 'on_trip';
      if (isLeft || isOff) client.cancelTrip(trip.id).catch(() => {});
    }, LOOK_INTERVAL_MS);
  }

  async #wait(seconds: readonly [number, number], signal: AbortSignal): Promise<void> {
    await sleep(between(this.random, ...seconds) * 1_000, undefined, { signal }).catch(() => {});
  }
}
