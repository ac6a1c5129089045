import { setTimeout as sleep } from 'node:timers/promises';
import type { City } from '#city';
import { between, type Random } from '#city';
import { isOpen, type Trip } from '#protocol';
import { HexfleetError, RiderClient, type TokenSource } from '#sdk';
import { chooseJourney } from './journeys.js';

const NEARBY_M = 800;
const BROWSING_S = [5, 20] as const;
const RESTING_S = [10, 50] as const;
const CHECK_INTERVAL_MS = 5_000;
/** Share of the trips that the rider cancels, and when after the request, unless it is in the car already. */
const CANCELLED_PERCENT = 4;
const CANCELLED_AFTER_S = [5, 120] as const;
/** Time without signal after which the rider assumes that the driver will not come. */
const ABANDONED_MS = 180_000;

/** Simulated rider: looks at cars nearby, requests one, rides, and starts again after a pause. */
export class SimRider {
  constructor(
    private readonly city: City,
    private readonly random: Random,
    private readonly connection: { url: string; token: TokenSource },
  ) {}

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#useApp(signal);
      } catch (error) {
        // Refused, or the service is unreachable: the rider tries again later, as a person would.
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
      // The app may have been killed during a trip.
      const trip = (await client.openTrip({ signal })) ?? (await this.#request(client, signal));
      const watching = this.#cancelIfNeeded(client, trip);
      try {
        for await (const { state } of trips) if (!isOpen(state)) return;
      } finally {
        clearInterval(watching);
      }
    } finally {
      client.close();
    }
  }

  async #request(client: RiderClient, signal: AbortSignal): Promise<Trip> {
    const journey = chooseJourney(this.city, this.random);
    await client.watchNearby({ ...journey.pickup, radiusM: NEARBY_M }, { signal });
    await this.#wait(BROWSING_S, signal);
    await client.unwatchNearby({ signal });
    return client.requestTrip(journey, { signal });
  }

  /** Cancels the trip when the rider changes its mind, or when the driver has lost signal for too long. */
  #cancelIfNeeded(client: RiderClient, trip: Trip): NodeJS.Timeout {
    let { state } = trip;
    let lastSeenAt = Date.now();
    client.on('trip', (trip) => {
      state = trip.state;
      lastSeenAt = Date.now();
    });
    client.on('position', () => {
      lastSeenAt = Date.now();
    });
    const willCancel = this.random() * 100 < CANCELLED_PERCENT;
    const until = willCancel
      ? lastSeenAt + between(this.random, ...CANCELLED_AFTER_S) * 1_000
      : Number.POSITIVE_INFINITY;
    return setInterval(() => {
      const hasDriver = state !== 'requested' && state !== 'offered';
      const isAbandoned = hasDriver && Date.now() > lastSeenAt + ABANDONED_MS;
      const isCancelled = Date.now() > until && state !== 'on_trip';
      if (isAbandoned || isCancelled) client.cancelTrip(trip.id).catch(() => {});
    }, CHECK_INTERVAL_MS);
  }

  async #wait(seconds: readonly [number, number], signal: AbortSignal): Promise<void> {
    await sleep(between(this.random, ...seconds) * 1_000, undefined, { signal }).catch(() => {});
  }
}
