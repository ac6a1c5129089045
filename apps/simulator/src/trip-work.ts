import type { CityCar } from '#city';
import { between, type City, type Random, snap } from '#city';
import { isOpen, type Trip } from '#protocol';
import { type DriverApi, type DriverClient, type DriverStep, HexfleetError } from '#sdk';

const BOARDING_S = [8, 20] as const;

type Leg = 'none' | 'to pick-up' | 'boarding' | 'to destination';

/** Drives a trip from its current state to the end: to the pick-up, boarding, to the destination. Reports each step to the service. */
export class TripWork {
  #trip: Trip | null = null;
  #leg: Leg = 'none';
  #remainingS = 0;
  #steps: Promise<void> = Promise.resolve();
  readonly #stopping = new AbortController();

  constructor(
    private readonly client: DriverClient,
    private readonly api: DriverApi,
    private readonly city: City,
    private readonly vehicle: CityCar,
    private readonly random: Random,
    private readonly askPin: (trip: Trip) => Promise<string | undefined> = async () => undefined,
  ) {
    client.on('trip', (trip) => this.#onTrip(trip));
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Advances the trip; call it in every simulation step. */
  proceed(elapsedS: number): void {
    this.#remainingS -= elapsedS;
    if (this.#leg === 'to pick-up' && this.vehicle.arrived) {
      this.#board();
      this.#report('arrived');
    } else if (this.#leg === 'boarding' && this.#remainingS <= 0) {
      this.#drive('to destination');
      this.#report('on_trip');
    } else if (this.#leg === 'to destination' && this.vehicle.arrived) {
      this.#leg = 'none';
      this.#report('completed');
    }
  }

  #onTrip(trip: Trip): void {
    const isKnown = trip.id === this.#trip?.id;
    if (!isOpen(trip.state)) {
      if (isKnown) this.#free();
    } else if (!isKnown) this.#begin(trip);
  }

  #begin(trip: Trip): void {
    this.#trip = trip;
    if (trip.state === 'arrived') this.#board();
    else this.#drive(trip.state === 'on_trip' ? 'to destination' : 'to pick-up');
    if (trip.state === 'accepted') this.#report('arriving');
  }

  #free(): void {
    this.#trip = null;
    this.#leg = 'none';
  }

  #drive(leg: 'to pick-up' | 'to destination'): void {
    const { pickup, dropoff } = this.#trip!;
    this.#leg = leg;
    this.vehicle.driveTo(snap(this.city, leg === 'to pick-up' ? pickup : dropoff));
  }

  #board(): void {
    this.#leg = 'boarding';
    this.#remainingS = between(this.random, ...BOARDING_S);
    this.vehicle.stand(this.#remainingS);
  }

  /** Reports a step after the earlier ones; an unanswered one is retried while the driver has the trip. */
  #report(step: DriverStep): void {
    const trip = this.#trip!;
    const { id } = trip;
    const { signal } = this.#stopping;
    const isWanted = () => this.#trip?.id === id && !signal.aborted;
    this.#steps = this.#steps.then(async () => {
      while (isWanted()) {
        try {
          const pin = step === 'on_trip' && trip.needsPin === true ? await this.askPin(trip) : undefined;
          await this.client.step(id, step, { signal, pin });
          return;
        } catch (error) {
          if (error instanceof HexfleetError && !error.retry) return this.#reload(id);
        }
      }
    });
  }

  /** Loads the trip, because the service has it in another state than this driver. */
  async #reload(id: string): Promise<void> {
    const trip = await this.api.trip(id).catch(() => null);
    if (trip === null || this.#trip?.id !== id) return;
    this.#free();
    this.#onTrip(trip);
  }
}
